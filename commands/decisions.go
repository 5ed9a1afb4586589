package commands

func decisionsArea() area { return area{} }

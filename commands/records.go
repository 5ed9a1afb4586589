package commands

func recordsArea() area { return area{} }

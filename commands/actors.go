package commands

func actorsArea() area { return area{} }

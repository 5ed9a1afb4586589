package commands

func stepsArea() area { return area{} }

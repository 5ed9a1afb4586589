package commands

func indicatorsArea() area { return area{} }

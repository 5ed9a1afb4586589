package commands

func issuesArea() area { return area{} }

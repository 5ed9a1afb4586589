package domain

import "math/bits"

// Group is a role group of the seed. It has nothing to do with importance.
type Group uint8

const (
	Core Group = iota
	Supplier
	Buyer
	Supporting
	Related
	Institution
	groupCount
)

// Groups lists the role groups in the order in which they are shown.
func Groups() []Group { return []Group{Core, Supplier, Buyer, Supporting, Related, Institution} }

// String is the stored name of the group and the stem of its catalogue keys.
func (g Group) String() string {
	names := [...]string{"core", "supplier", "buyer", "supporting", "related", "institution"}
	if int(g) < len(names) {
		return names[g]
	}
	return ""
}

// GroupNamed finds a group by its stored name.
func GroupNamed(name string) (Group, bool) {
	for _, g := range Groups() {
		if g.String() == name {
			return g, true
		}
	}
	return 0, false
}

// SubCategories are the seed's sub-categories of each group (the doubled "pembiayaan" once), with the knowledge and
// bridging bodies that the seed's definition names and its list forgets. Names are stored and catalogue stems.
func SubCategories(g Group) []string {
	switch g {
	case Core:
		return []string{"centre", "focus", "advanced"}
	case Supplier:
		return []string{"main_material", "additive", "accessory"}
	case Buyer:
		return []string{"retailer", "distributor", "end_user"}
	case Supporting:
		return []string{"finance", "services", "infrastructure", "equipment", "packaging", "bdsp"}
	case Related:
		return []string{"competitor", "complementer", "substitute"}
	case Institution:
		return []string{"government", "association", "ngo", "knowledge", "bridging"}
	}
	return nil
}

// Role is what an actor is in this cluster: a group and, where given, one of its sub-categories.
type Role struct {
	Group Group  `json:"g"`
	Sub   string `json:"s,omitempty"`
}

// plainRoles are the lists of one role that has no sub-category.
var plainRoles = [groupCount][]Role{{{Group: Core}}, {{Group: Supplier}}, {{Group: Buyer}}, {{Group: Supporting}}, {{Group: Related}}, {{Group: Institution}}}

// shared gives the list that all actors with one plain role have in common, which is most of them. Nobody writes to a
// list of roles.
func shared(roles []Role) []Role {
	if len(roles) == 1 && roles[0].Sub == "" && roles[0].Group < groupCount {
		return plainRoles[roles[0].Group]
	}
	return roles
}

// RoleSet is a set of groups, one bit each.
type RoleSet uint8

// RoleSetOf gathers the groups of some roles.
func RoleSetOf(roles []Role) RoleSet {
	var set RoleSet
	for _, r := range roles {
		set |= 1 << r.Group
	}
	return set
}

// Has says whether the group is in the set.
func (s RoleSet) Has(g Group) bool { return s&(1<<g) != 0 }

// Len counts the groups in the set.
func (s RoleSet) Len() int { return bits.OnesCount8(uint8(s)) }

// Groups lists the set in the order in which groups are shown.
func (s RoleSet) Groups() []Group {
	var out []Group
	for _, g := range Groups() {
		if s.Has(g) {
			out = append(out, g)
		}
	}
	return out
}

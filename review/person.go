package review

// Role is what a person may do on the desk (SURFACE.md, Roles).
type Role string

// The four roles.
const (
	RoleReviewer Role = "reviewer"
	RoleSenior   Role = "senior"
	RoleAuditor  Role = "auditor"
	RoleAdmin    Role = "admin"
)

// Roles lists the roles from the narrowest to the widest view of people.
func Roles() []Role { return []Role{RoleReviewer, RoleSenior, RoleAuditor, RoleAdmin} }

// Valid reports whether r is one of [Roles].
func (r Role) Valid() bool {
	return r == RoleReviewer || r == RoleSenior || r == RoleAuditor || r == RoleAdmin
}

// Right is one thing a role may or may not do. Pages, the API and the rules ask
// for rights, never for a role by name, so that the table below is the only one.
type Right string

// The rights of SURFACE.md's table.
const (
	RightSeeCases    Right = "see_cases"
	RightDecide      Right = "decide"
	RightConfirm     Right = "confirm"
	RightReveal      Right = "reveal"
	RightSeeOwnLog   Right = "see_own_log"
	RightSeeLog      Right = "see_log"
	RightExport      Right = "export"
	RightReportLooks Right = "report_looks" // who looked at one person's data, for that person
	RightAdminister  Right = "administer"
	RightHold        Right = "hold"  // put a legal hold on a person
	RightErase       Right = "erase" // lift one, and erase a person
	rightNobodyHolds Right = ""
)

var rights = map[Role][]Right{
	RoleReviewer: {RightSeeCases, RightDecide, RightReveal, RightSeeOwnLog},
	RoleSenior:   {RightSeeCases, RightDecide, RightConfirm, RightReveal, RightSeeOwnLog, RightSeeLog, RightReportLooks, RightHold},
	RoleAuditor:  {RightSeeCases, RightSeeOwnLog, RightSeeLog, RightExport, RightReportLooks},
	RoleAdmin:    {RightSeeOwnLog, RightSeeLog, RightExport, RightAdminister, RightHold, RightErase},
}

// May reports whether the role holds the right. An unknown role holds none.
func (r Role) May(right Right) bool {
	if right == rightNobodyHolds {
		return false
	}
	for _, held := range rights[r] {
		if held == right {
			return true
		}
	}
	return false
}

// Person is somebody of the team: who acts.
type Person struct {
	ID   string // UUID
	Name string
	Role Role
}

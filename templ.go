// Package reviewdesk is the root of the desk: the map of the house, the stylesheet,
// script and icons that the binary carries, and the line that generates the pages.
//
//	review/          the domain: verifications, findings, decisions, the rules
//	  cybrid coinify   the two providers' vocabularies; providers lists them
//	audit/           the log's proof: canonical bytes, tree, checkpoints, verification
//	db/              storage: the only package that knows SQL
//	views/           pages: one struct in, HTML out
//	web/             HTTP: requests into db, results into views, JSON or CSV
//	  hooks outward    webhooks to the platforms; calls to other people's machines
//	  platform       what programs ask of the desk: the two providers' APIs
//	  applicant      what the person who is verified is told
//	static/          css, js, icons, fonts
//	cmd/reviewdesk/  the binary
//	  browser          its tests in a real browser
//	  shipped          the binary as people get it, for tests
//	cmd/benchtable/  makes the table of BENCHMARKS.md from what db/dbtest/gauge measured
//
// A decision takes five hops: web/routes.go, web/form_decision.go, db/decide.go,
// review/decision.go, and back into db's transaction. templ_test.go holds the laws
// that keep it so.
package reviewdesk

import "embed"

//go:generate go tool templ generate

// Static holds what browsers load; the names begin with "static/".
//
//go:embed static
var Static embed.FS

package web

import (
	"net/http"

	"reviewdesk/review"
	"reviewdesk/web/platform"
)

// access says who may use a route.
type access struct {
	everybody bool           // also without signing in
	signedIn  bool           // any role
	rights    []review.Right // any of these

	program  review.Provider // a program with an access token of this provider, and nobody else
	scope    string          // that the token must hold; "" where the provider has none
	personal string          // that it must hold beside, if the request asks for personal data; the handler sees to it
}

var (
	everybody = access{everybody: true}
	signedIn  = access{signedIn: true}
)

func holders(rights ...review.Right) access { return access{rights: rights} }

func cybridWith(scope string) access { return access{program: review.Cybrid, scope: scope} }

var trader = access{program: review.Coinify}

// Route is one row of the table: what can be asked, and by whom.
type Route struct {
	Pattern string // method and path, as net/http writes them
	Who     access
	handle  func(*Server) handlerFunc
	limit   int64 // bytes of the body; 0 is the usual limit for forms
	machine bool  // asked by machines: no session, no form
	upload  bool  // a form with a file, which its handler reads
	quiet   bool  // no sign of life: it does not keep a session from running out
}

var (
	seeCases   = holders(review.RightSeeCases)
	decide     = holders(review.RightDecide)
	confirm    = holders(review.RightConfirm)
	seeLog     = holders(review.RightSeeOwnLog, review.RightSeeLog) // whose entries: the handler narrows to their own
	export     = holders(review.RightExport)
	administer = holders(review.RightAdminister)
	erase      = holders(review.RightErase)

	reportLooks = holders(review.RightReportLooks)
)

// routes is the whole table. Tests walk it: a stranger is sent to sign in, each
// role gets exactly its rows, each POST from another origin is refused.
var routes = []Route{
	{Pattern: "GET /{$}", Who: signedIn, handle: to((*Server).home)},
	{Pattern: "GET /signin", Who: everybody, handle: to((*Server).signInForm)},
	{Pattern: "POST /signin", Who: everybody, handle: to((*Server).signIn)},
	{Pattern: "POST /signout", Who: signedIn, handle: to((*Server).signOut)},
	{Pattern: "GET /welcome/{token}", Who: everybody, handle: to((*Server).welcomeForm)},
	{Pattern: "POST /welcome/{token}", Who: everybody, handle: to((*Server).welcome)},
	{Pattern: "POST /preferences", Who: everybody, handle: to((*Server).preferences)},

	{Pattern: "GET /queue", Who: seeCases, handle: to((*Server).queue)},
	{Pattern: "POST /queue/next", Who: decide, handle: to((*Server).queueNext)},
	{Pattern: "POST /bulk", Who: decide, handle: to((*Server).bulk)},
	{Pattern: "GET /live", Who: seeCases, quiet: true, handle: to((*Server).live)},
	{Pattern: "GET /views", Who: seeCases, handle: to((*Server).savedViewsPage)},
	{Pattern: "POST /views", Who: seeCases, handle: to((*Server).saveView)},
	{Pattern: "POST /views/{id}/remove", Who: seeCases, handle: to((*Server).removeView)},
	{Pattern: "GET /mentions", Who: seeCases, handle: to((*Server).mentions)},
	{Pattern: "GET /verifications/{id}", Who: seeCases, handle: to((*Server).showCase)},
	{Pattern: "GET /verifications/{id}/compare/{other}", Who: seeCases, handle: to((*Server).compareCases)},
	{Pattern: "GET /verifications/{id}/packet", Who: seeCases, handle: to((*Server).packet)},
	{Pattern: "GET /verifications/{id}/packet.zip", Who: seeCases, handle: to((*Server).packetZip)},
	{Pattern: "GET /verifications/{id}/pictures/{n}", Who: seeCases, handle: to((*Server).picture)},
	{Pattern: "POST /verifications/{id}/claim", Who: decide, handle: to((*Server).claim)},
	{Pattern: "POST /verifications/{id}/release", Who: decide, handle: to((*Server).release)},
	{Pattern: "POST /verifications/{id}/decision", Who: decide, handle: to((*Server).decision)},
	{Pattern: "POST /verifications/{id}/confirm", Who: confirm, handle: to((*Server).confirm)},
	{Pattern: "POST /verifications/{id}/return", Who: confirm, handle: to((*Server).returnProposal)},
	{Pattern: "POST /verifications/{id}/undo", Who: decide, handle: to((*Server).undo)},
	{Pattern: "POST /verifications/{id}/reopen", Who: decide, handle: to((*Server).reopen)},
	{Pattern: "POST /verifications/{id}/skip", Who: decide, handle: to((*Server).skip)},
	{Pattern: "POST /verifications/{id}/recuse", Who: decide, handle: to((*Server).recuse)},
	{Pattern: "POST /verifications/{id}/assign", Who: decide, handle: to((*Server).assign)},
	{Pattern: "POST /verifications/{id}/escalate", Who: decide, handle: to((*Server).escalate)},
	{Pattern: "POST /verifications/{id}/snooze", Who: decide, handle: to((*Server).snooze)},
	{Pattern: "POST /verifications/{id}/wake", Who: decide, handle: to((*Server).wake)},
	{Pattern: "POST /verifications/{id}/ask-again", Who: decide, handle: to((*Server).askAgain)},
	{Pattern: "POST /verifications/{id}/note", Who: decide, handle: to((*Server).note)},
	{Pattern: "GET /verifications/{id}/worksheet", Who: seeCases, handle: to((*Server).worksheet)},
	{Pattern: "POST /verifications/{id}/worksheet", Who: decide, handle: to((*Server).nameMatch)},
	{Pattern: "POST /verifications/{id}/attachments", Who: decide, upload: true, limit: uploadLimit, handle: to((*Server).attach)},
	{Pattern: "GET /verifications/{id}/attachments/{digest}", Who: seeCases, handle: to((*Server).attachment)},
	{Pattern: "POST /verifications/{id}/hold", Who: holders(review.RightHold), handle: to((*Server).holdPerson)},
	{Pattern: "POST /verifications/{id}/reveal", Who: holders(review.RightReveal), handle: to((*Server).reveal)},

	{Pattern: "GET /audit", Who: seeLog, handle: to((*Server).auditLog)},
	{Pattern: "GET /audit/{seq}", Who: seeLog, handle: to((*Server).auditEvent)},
	{Pattern: "GET /audit/{seq}/proof", Who: seeLog, handle: to((*Server).auditProof)},
	{Pattern: "GET /verifications/{id}/proof", Who: seeLog, handle: to((*Server).caseProof)},
	{Pattern: "GET /audit/consistency", Who: holders(review.RightSeeLog), handle: to((*Server).consistency)},
	{Pattern: "GET /audit/consistency/proof", Who: holders(review.RightSeeLog), handle: to((*Server).consistencyProof)},
	{Pattern: "POST /audit/check", Who: holders(review.RightSeeLog), handle: to((*Server).auditCheck)},

	{Pattern: "GET /export/verifications.csv", Who: export, handle: sending(ExportVerifications, FormatCSV)},
	{Pattern: "GET /export/verifications.ndjson", Who: export, handle: sending(ExportVerifications, FormatNDJSON)},
	{Pattern: "GET /export/audit.csv", Who: export, handle: sending(ExportAudit, FormatCSV)},
	{Pattern: "GET /export/audit.ndjson", Who: export, handle: sending(ExportAudit, FormatNDJSON)},
	{Pattern: "GET /verifications/{id}/access-report", Who: reportLooks, handle: to((*Server).looks)},
	{Pattern: "GET /verifications/{id}/access-report.csv", Who: reportLooks, handle: to((*Server).looksCSV)},

	{Pattern: "GET /admin", Who: administer, handle: to((*Server).admin)},
	{Pattern: "GET /admin/people", Who: administer, handle: to((*Server).people)},
	{Pattern: "POST /admin/people", Who: administer, handle: to((*Server).addPerson)},
	{Pattern: "POST /admin/people/{id}/role", Who: administer, handle: to((*Server).setRole)},
	{Pattern: "POST /admin/people/{id}/disable", Who: administer, handle: to((*Server).disablePerson)},
	{Pattern: "POST /admin/people/{id}/enable", Who: administer, handle: to((*Server).enablePerson)},
	{Pattern: "POST /admin/people/{id}/reset", Who: administer, handle: to((*Server).resetPerson)},
	{Pattern: "GET /admin/clients", Who: administer, handle: to((*Server).clients)},
	{Pattern: "POST /admin/clients", Who: administer, handle: to((*Server).addClient)},
	{Pattern: "POST /admin/clients/{id}/revoke", Who: administer, handle: to((*Server).revokeClient)},
	{Pattern: "GET /admin/webhooks", Who: administer, handle: to((*Server).webhooks)},
	{Pattern: "POST /admin/webhooks", Who: administer, handle: to((*Server).addWebhook)},
	{Pattern: "GET /admin/webhooks/{id}", Who: administer, handle: to((*Server).webhook)},
	{Pattern: "POST /admin/webhooks/{id}/test", Who: administer, handle: to((*Server).testWebhook)},
	{Pattern: "POST /admin/webhooks/{id}/pause", Who: administer, handle: to((*Server).pauseWebhook)},
	{Pattern: "POST /admin/webhooks/{id}/resume", Who: administer, handle: to((*Server).resumeWebhook)},
	{Pattern: "POST /admin/webhooks/{id}/remove", Who: administer, handle: to((*Server).removeWebhook)},
	{Pattern: "POST /admin/webhooks/{id}/secrets", Who: administer, handle: to((*Server).addWebhookSecret)},
	{Pattern: "POST /admin/webhooks/{id}/secrets/{n}/retire", Who: administer, handle: to((*Server).retireWebhookSecret)},
	{Pattern: "POST /admin/webhooks/{id}/deliveries/{n}/again", Who: administer, handle: to((*Server).redeliver)},

	{Pattern: "GET /admin/policy", Who: administer, handle: to((*Server).policy)},
	{Pattern: "POST /admin/policy", Who: administer, handle: to((*Server).setPolicy)},
	{Pattern: "GET /admin/retention", Who: erase, handle: to((*Server).retention)},
	{Pattern: "POST /admin/retention", Who: administer, handle: to((*Server).setRetention)},
	{Pattern: "GET /admin/retention/{id}", Who: erase, handle: to((*Server).kept)},
	{Pattern: "POST /admin/retention/{id}/lift", Who: erase, handle: to((*Server).liftHold)},
	{Pattern: "POST /admin/retention/{id}/erase", Who: erase, handle: to((*Server).erasePerson)},
	{Pattern: "GET /interests", Who: decide, handle: to((*Server).interests)},
	{Pattern: "POST /interests", Who: decide, handle: to((*Server).declareInterest)},
	{Pattern: "POST /interests/{id}/withdraw", Who: decide, handle: to((*Server).withdrawInterest)},

	{Pattern: "POST /oauth/token", Who: everybody, machine: true, limit: tokenLimit, handle: toAPI((*platform.API).Token)},
	{Pattern: "POST /api/identity_verifications", Who: cybridWith(platform.ScopeExecute), machine: true, handle: toAPI((*platform.API).CreateVerification)},
	{Pattern: "GET /api/identity_verifications", Who: cybridWith(platform.ScopeRead), machine: true, handle: toAPI((*platform.API).ListVerifications)},
	{Pattern: "GET /api/identity_verifications/{guid}", Who: access{program: review.Cybrid, scope: platform.ScopeRead, personal: platform.ScopePII}, machine: true, handle: toAPI((*platform.API).ShowVerification)},

	{Pattern: "POST /auth", Who: everybody, machine: true, limit: tokenLimit, handle: toAPI((*platform.API).Auth)},
	{Pattern: "POST /kyc/identification-attempts", Who: trader, machine: true, handle: toAPI((*platform.API).CreateAttempt)},
	{Pattern: "GET /kyc/identification-attempts", Who: trader, machine: true, handle: toAPI((*platform.API).ListAttempts)},
	{Pattern: "GET /kyc/identification-attempts/{id}", Who: trader, machine: true, handle: toAPI((*platform.API).ShowAttempt)},
	{Pattern: "POST /traders/me/kyc", Who: trader, machine: true, handle: toAPI((*platform.API).CreateReview)},
	{Pattern: "GET /kyc", Who: trader, machine: true, handle: toAPI((*platform.API).ListReviews)},
	{Pattern: "GET /kyc/{id}", Who: trader, machine: true, handle: toAPI((*platform.API).ShowReview)},

	{Pattern: "GET /api/openapi.json", Who: everybody, machine: true, handle: to((*Server).openAPI)},
	{Pattern: "GET /api/docs", Who: everybody, machine: true, handle: to((*Server).docs)},

	{Pattern: "GET /applicant/{id}", Who: everybody, machine: true, handle: to((*Server).applicant)},

	{Pattern: "GET /_/components", Who: signedIn, handle: to((*Server).components)},
	{Pattern: "POST " + reportPath, Who: everybody, machine: true, limit: reportLimit, handle: to((*Server).reports)},
	{Pattern: "GET /healthz", Who: everybody, machine: true, handle: to((*Server).healthz)},
	{Pattern: "GET /readyz", Who: everybody, machine: true, handle: to((*Server).readyz)},
	{Pattern: "GET /metrics", Who: everybody, machine: true, handle: to((*Server).metrics)},
}

func to(method func(*Server, http.ResponseWriter, *http.Request) error) func(*Server) handlerFunc {
	return func(s *Server) handlerFunc {
		return func(w http.ResponseWriter, r *http.Request) error { return method(s, w, r) }
	}
}

func toAPI(method func(*platform.API, http.ResponseWriter, *http.Request) error) func(*Server) handlerFunc {
	return func(s *Server) handlerFunc {
		return func(w http.ResponseWriter, r *http.Request) error { return method(s.programs, w, r) }
	}
}

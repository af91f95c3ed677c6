package web

import (
	"strings"

	"reviewdesk/db"
	"reviewdesk/review"
)

// Sentences of the log about programs: who may speak to the APIs, and what they do
// there.

// byProgram reports whether a program did it, through an API.
func byProgram(e db.LogEntry) bool { return e.Actor.Kind == "client" }

// byItself reports whether a case moved on with nobody doing anything.
func byItself(e db.LogEntry) bool { return e.Actor.ID == "system:progress" }

// stateWord is the state that an event brought, as the provider spells it.
func stateWord(e db.LogEntry) string {
	if e.After == nil {
		return "unknown"
	}
	return stateBadge(e, review.Provider(fact(e, "provider")), e.After.State).Word
}

func programSentence(e db.LogEntry) string {
	name := first(visible(fact(e, "name")), "a program")
	switch review.EventKind(e.Action) {
	case review.EventClientAdded:
		return "let " + name + " speak to " + lookOf(review.Provider(fact(e, "provider"))).name + "'s API"
	case review.EventClientRevoked:
		return "shut " + name + " out of the API"
	case review.EventTokenIssued:
		return "took a token for the API" + grantWords(e)
	case review.EventTokenRefused:
		return "refused a token for the API" + grantWords(e)
	}
	return webhookSentence(e)
}

// webhookSentence says what was done to a webhook.
func webhookSentence(e db.LogEntry) string {
	whose := " a webhook of " + lookOf(review.Provider(fact(e, "provider"))).name + "'s cases"
	switch fact(e, "change") {
	case "endpoint_added":
		return "added" + whose
	case "paused":
		return "paused" + whose
	case "resumed":
		return "resumed" + whose
	case "removed":
		return "removed" + whose
	case "secret_added":
		return "added a secret to" + whose
	case "secret_retired":
		return "retired a secret of" + whose
	case "sent_again":
		return "sent " + visible(fact(e, "event")) + " again to" + whose
	case "tested":
		return "sent a test event to" + whose
	}
	return eventLooks[review.EventWebhookChange].did
}

// grantWords say by what a program asked for a token.
func grantWords(e db.LogEntry) string {
	if grant := fact(e, "grant"); grant != "" {
		return " (" + strings.ReplaceAll(visible(grant), "_", " ") + ")"
	}
	return ""
}

func programWords(e db.LogEntry) string {
	name := visible(fact(e, "name"))
	switch review.EventKind(e.Action) {
	case review.EventClientAdded:
		if scopes := facts(e, "scope"); len(scopes) > 0 {
			return name + ": " + scopeWords(scopes)
		}
		if trader := fact(e, "trader"); trader != "" {
			return name + ": trader " + visible(trader)
		}
		return name
	case review.EventClientRevoked:
		return name
	case review.EventWebhookChange:
		return upperFirst(webhookSentence(e))
	case review.EventTokenIssued, review.EventTokenRefused:
		words := upperFirst(strings.ReplaceAll(visible(fact(e, "grant")), "_", " "))
		if scopes := facts(e, "scope"); len(scopes) > 0 {
			words += ": " + scopeWords(scopes)
		}
		return words
	}
	return ""
}

// scopeWords list scopes, each without the word that all of them begin with.
func scopeWords(scopes []string) string {
	short := make([]string, len(scopes))
	for i, scope := range scopes {
		short[i] = shortScope(scope)
	}
	return strings.Join(short, ", ")
}

func shortScope(scope string) string {
	return visible(strings.TrimPrefix(scope, "identity_verifications:"))
}

package web

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/views"
)

// webhooks lists the places that are told of decisions.
func (s *Server) webhooks(w http.ResponseWriter, r *http.Request) error {
	return s.showWebhooks(w, r, http.StatusOK, endpointForm(db.NewEndpoint{Provider: review.Cybrid}, nil), nil)
}

func (s *Server) showWebhooks(w http.ResponseWriter, r *http.Request, status int, form views.EndpointForm, secret *views.SecretCard) error {
	all, err := s.db.Endpoints(r.Context())
	if err != nil {
		return err
	}
	p := views.WebhooksPage{Page: s.page(w, r, "Webhooks"), Form: form, Secret: secret}
	p.Return = "/admin/webhooks"
	t := telling{now: s.db.Now(), zone: s.zone(p.Prefs)}
	for _, e := range all {
		row := t.endpoint(e)
		last, _, err := s.db.Deliveries(r.Context(), e.ID, 0, 1)
		if err != nil {
			return err
		}
		if len(last) > 0 {
			row.Last = t.delivery(e, last[0])
		}
		p.Endpoints = append(p.Endpoints, row)
	}
	return s.render(w, r, status, views.Webhooks(p))
}

// endpointForm is the form with what was typed into it.
func endpointForm(n db.NewEndpoint, errors []views.FieldError) views.EndpointForm {
	return views.EndpointForm{Providers: apiOptions(n.Provider), URL: unhidden(firstRunes(n.URL, 1000)), Private: n.AllowPrivate, Errors: errors}
}

// addWebhook shows the secret on the page itself, as addClient does. The same form
// again adds nothing: the address is there already.
func (s *Server) addWebhook(w http.ResponseWriter, r *http.Request) error {
	n := db.NewEndpoint{Provider: review.Provider(r.PostForm.Get("provider")), URL: r.PostForm.Get("url"), AllowPrivate: r.PostForm.Get("private") == "yes"}
	e, secret, err := s.db.AddEndpoint(r.Context(), visitOf(r.Context()).actor, n)
	var bad review.Invalid
	if errors.As(err, &bad) {
		return s.showWebhooks(w, r, http.StatusUnprocessableEntity, endpointForm(n, formErrors(bad)), nil)
	}
	if err != nil {
		return err
	}
	return s.showWebhooks(w, r, http.StatusOK, endpointForm(db.NewEndpoint{Provider: n.Provider}, nil), webhookSecret(e, secret))
}

func webhookSecret(e db.Endpoint, secret string) *views.SecretCard {
	return &views.SecretCard{Title: "A secret for " + hostOf(e.URL), Text: "The secret is shown this once. The receiver checks with it that a delivery came from this desk.",
		Lines: []views.SecretLine{{ID: "webhook-secret", Label: "Signing secret", Value: secret}}}
}

// hostOf is the host of an address that is on record.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return visible(address)
	}
	return visible(u.Host)
}

// telling puts endpoints and their deliveries into words, as of one moment.
type telling struct {
	now  time.Time
	zone *time.Location
}

func (t telling) endpoint(e db.Endpoint) views.EndpointRow {
	return views.EndpointRow{ID: e.ID, URL: visible(e.URL), Provider: lookOf(e.Provider).name, Private: e.AllowPrivate, State: t.state(e), Waiting: cappedWords(e.Waiting)}
}

func (t telling) state(e db.Endpoint) views.EndpointState {
	switch {
	case !e.Removed.IsZero():
		return views.EndpointState{Badge: views.Badge{Class: "expired", Word: "Removed"}, Since: moment(e.Removed, t.now, t.zone)}
	case !e.Paused.IsZero():
		return views.EndpointState{Badge: views.Badge{Class: "wait", Word: "Paused"}, Since: moment(e.Paused, t.now, t.zone)}
	case !e.FailingSince.IsZero():
		return views.EndpointState{Badge: views.Badge{Class: "failed", Word: "Failing"}, Since: moment(e.FailingSince, t.now, t.zone)}
	}
	return views.EndpointState{Badge: views.Badge{Class: "passed", Word: "Working"}}
}

func (t telling) delivery(e db.Endpoint, d db.Delivery) views.DeliveryRow {
	row := views.DeliveryRow{ID: itoa(d.ID), Event: visible(d.Event), GUID: d.GUID, State: deliveryBadge(d), Attempts: itoa(int64(d.Attempts)),
		Answer: answerWords(d), At: moment(d.Created, t.now, t.zone), Next: t.nextWords(e, d)}
	if !d.TriedAt.IsZero() {
		row.At = moment(d.TriedAt, t.now, t.zone)
	}
	if d.Case != "" {
		row.CaseID, row.CaseHref = shortID(e.Provider, d.Case), "/audit?case="+url.QueryEscape(d.Case)
	}
	switch {
	case !e.Removed.IsZero():
	case d.State != db.DeliveryWaiting:
		row.Again = "Send again"
	case e.Paused.IsZero() && d.NextAt.After(t.now):
		row.Again = "Try now"
	}
	return row
}

func deliveryBadge(d db.Delivery) views.Badge {
	switch d.State {
	case db.DeliveryDelivered:
		return views.Badge{Class: "passed", Word: "Delivered"}
	case db.DeliveryFailed:
		return views.Badge{Class: "failed", Word: "Given up"}
	}
	return views.Badge{Class: "wait", Word: "Waiting"}
}

// answerWords tell what came of the last attempt.
func answerWords(d db.Delivery) string {
	switch {
	case d.Trouble != "":
		return upperFirst(visible(d.Trouble))
	case d.Status != 0:
		return "Taken (" + itoa(int64(d.Status)) + ")"
	}
	return "Not tried yet"
}

// nextWords tell when a delivery is tried next; "" for never.
func (t telling) nextWords(e db.Endpoint, d db.Delivery) string {
	switch {
	case d.State != db.DeliveryWaiting:
		return ""
	case !e.Paused.IsZero():
		return "When resumed"
	case d.NextAt.After(t.now):
		return "In " + waitWords(d.NextAt.Sub(t.now))
	}
	return "In its turn"
}

package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/views"
)

// webhook is one place that is told, with the log of its deliveries.
func (s *Server) webhook(w http.ResponseWriter, r *http.Request) error {
	return s.showWebhook(w, r, http.StatusOK, nil, nil)
}

func (s *Server) showWebhook(w http.ResponseWriter, r *http.Request, status int, secret *views.SecretCard, wrong []views.FieldError, more ...views.Flash) error {
	e, err := s.db.EndpointByID(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	before, err := parseSeq(r.URL.Query().Get("before"))
	if err != nil {
		return errBadRequest{"Deliveries have numbers from 1. Open the webhook again from its beginning."}
	}
	log, older, err := s.db.Deliveries(r.Context(), e.ID, before, pageSize)
	if err != nil {
		return err
	}
	p := views.EndpointPage{Page: s.page(w, r, "Webhook "+hostOf(e.URL)), Host: hostOf(e.URL), Secret: secret, Errors: wrong, Paused: !e.Paused.IsZero(), Removed: !e.Removed.IsZero()}
	p.Return = "/admin/webhooks/" + e.ID
	p.Flash = append(p.Flash, more...)
	t := telling{now: s.db.Now(), zone: s.zone(p.Prefs)}
	p.EndpointRow, p.Added = t.endpoint(e), moment(e.Created, t.now, t.zone)
	p.Notice = noticeOf(e, log)
	for _, d := range log {
		p.Log = append(p.Log, t.delivery(e, d))
	}
	if before > 0 {
		p.NewestLog = p.Return
	}
	if older {
		p.OlderLog = p.Return + "?before=" + url.QueryEscape(itoa(log[len(log)-1].ID))
	}
	t.secrets(&p, e)
	return s.render(w, r, status, views.Endpoint(p))
}

// noticeOf says what holds deliveries back, and what becomes of them.
func noticeOf(e db.Endpoint, log []db.Delivery) views.Flash {
	switch {
	case !e.Removed.IsZero():
		return views.Flash{Tone: "info", Text: "This webhook was removed. What was told it before stays on record."}
	case !e.Paused.IsZero():
		return views.Flash{Tone: "warn", Text: "Deliveries are paused. What happens meanwhile waits in its order; nothing is lost."}
	case !e.FailingSince.IsZero():
		text := "Deliveries fail. Each is tried again after growing pauses, for seven days, and those behind it wait."
		for _, d := range log {
			if d.Trouble != "" {
				return views.Flash{Tone: "bad", Text: text + " The last attempt: " + visible(d.Trouble) + "."}
			}
		}
		return views.Flash{Tone: "bad", Text: text}
	}
	return views.Flash{}
}

// secrets lists them oldest first, with what each one signs.
func (t telling) secrets(p *views.EndpointPage, e db.Endpoint) {
	live := 0
	for _, secret := range e.Secrets {
		if secret.Live() {
			live++
		}
	}
	oldest := true
	for _, secret := range e.Secrets {
		row := views.SecretRow{ID: itoa(secret.ID), Added: moment(secret.Created, t.now, t.zone), Retired: moment(secret.Retired, t.now, t.zone), Retirable: secret.Live() && live > 1}
		switch {
		case secret.Live() && oldest:
			row.Signs, oldest = lookOf(e.Provider).name+"'s header and the desk's own", false
		case secret.Live():
			row.Signs = "The desk's own header"
		}
		p.Secrets = append(p.Secrets, row)
		p.Newest = row.ID
	}
}

// changeWebhook does something to an endpoint and leads back to it.
func (s *Server) changeWebhook(w http.ResponseWriter, r *http.Request, change func(context.Context, db.Actor, string) error, text string) error {
	id := r.PathValue("id")
	err := change(r.Context(), visitOf(r.Context()).actor, id)
	var bad review.Invalid
	if errors.As(err, &bad) {
		return s.showWebhook(w, r, http.StatusUnprocessableEntity, nil, formErrors(bad))
	}
	if err != nil {
		return err
	}
	s.flash(w, r, "ok", text)
	return seeOther(w, r, "/admin/webhooks/"+id)
}

func (s *Server) pauseWebhook(w http.ResponseWriter, r *http.Request) error {
	return s.changeWebhook(w, r, s.db.PauseEndpoint, "Deliveries are paused.")
}

func (s *Server) resumeWebhook(w http.ResponseWriter, r *http.Request) error {
	return s.changeWebhook(w, r, s.db.ResumeEndpoint, "Deliveries go on.")
}

func (s *Server) testWebhook(w http.ResponseWriter, r *http.Request) error {
	return s.changeWebhook(w, r, s.db.TestDelivery, "The test event is on its way. Its answer appears in the log.")
}

func (s *Server) removeWebhook(w http.ResponseWriter, r *http.Request) error {
	return s.changeWebhook(w, r, s.db.RemoveEndpoint, "The webhook is removed. It is told nothing more.")
}

// addWebhookSecret shows the new secret on the page itself. The form says which secret
// was the newest when it was drawn, so that a reload adds no other one.
func (s *Server) addWebhookSecret(w http.ResponseWriter, r *http.Request) error {
	e, err := s.db.EndpointByID(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	newest, _ := strconv.ParseInt(r.PostForm.Get("newest"), 10, 64) // what is no number was never the newest
	secret, err := s.db.AddSecret(r.Context(), visitOf(r.Context()).actor, e.ID, newest)
	if errors.Is(err, db.ErrRepeated) {
		return s.showWebhook(w, r, http.StatusConflict, nil, nil, views.Flash{Tone: "warn", Text: "A secret was added since the form was drawn, and shown once then. Nothing was added now. If that secret is lost, add another one and retire it."})
	}
	var bad review.Invalid
	if errors.As(err, &bad) {
		return s.showWebhook(w, r, http.StatusUnprocessableEntity, nil, formErrors(bad))
	}
	if err != nil {
		return err
	}
	return s.showWebhook(w, r, http.StatusOK, webhookSecret(e, secret), nil)
}

// numbered is the number that an address holds; what is none is not there.
func numbered(r *http.Request) (int64, error) {
	n, err := strconv.ParseInt(r.PathValue("n"), 10, 64)
	if err != nil || n < 1 {
		return 0, db.ErrNotFound
	}
	return n, nil
}

func (s *Server) retireWebhookSecret(w http.ResponseWriter, r *http.Request) error {
	n, err := numbered(r)
	if err != nil {
		return err
	}
	retire := func(ctx context.Context, by db.Actor, id string) error { return s.db.RetireSecret(ctx, by, id, n) }
	return s.changeWebhook(w, r, retire, "The secret is retired. It signs nothing more.")
}

// redeliver sends one of the endpoint's deliveries again.
func (s *Server) redeliver(w http.ResponseWriter, r *http.Request) error {
	n, err := numbered(r)
	if err != nil {
		return err
	}
	again := func(ctx context.Context, by db.Actor, id string) error {
		d, err := s.db.DeliveryByID(ctx, n)
		if err == nil && d.Endpoint != id {
			err = db.ErrNotFound
		}
		if err != nil {
			return err
		}
		return s.db.Redeliver(ctx, by, n)
	}
	return s.changeWebhook(w, r, again, "It is sent again, under the same id.")
}

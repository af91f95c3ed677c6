package web

import (
	"bytes"
	"net/http"

	"reviewdesk/views"
)

// looks is the page that answers a person who asks when their data was looked at, and
// why. Making it is recorded, so nobody else's page may make a browser ask for it.
func (s *Server) looks(w http.ResponseWriter, r *http.Request) error {
	report, id, err := s.lookReport(w, r, "html")
	if err != nil {
		return err
	}
	p := views.LooksPage{Page: s.page(w, r, "Who saw this data"), Name: report.Name, CaseHref: "/verifications/" + id, CSVHref: "/verifications/" + id + "/access-report.csv"}
	zone := s.zone(p.Prefs)
	p.Made = timeAs(report.Made, zone, "2 January 2006, 15:04 MST")
	p.Sum = counted(len(report.Rows), "look", "looks") + " at the data of " + counted(report.Cases, "verification", "verifications") + " of this person."
	for _, row := range report.Rows {
		p.Rows = append(p.Rows, views.LookRow{
			At: timeAs(row.At, zone, "2 Jan 2006, 15:04:05 MST"), UTC: row.At.UTC().Format("2006-01-02 15:04:05"),
			What: row.What, Purpose: row.Purpose, Case: row.Case,
		})
	}
	return s.render(w, r, http.StatusOK, views.Looks(p))
}

// looksCSV is the same as a file.
func (s *Server) looksCSV(w http.ResponseWriter, r *http.Request) error {
	report, id, err := s.lookReport(w, r, FormatCSV)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := report.WriteCSV(&b); err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="reviewdesk-access-report-`+id[:8]+`.csv"`)
	w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	w.Write(b.Bytes()) // the reader left, or not
	return nil
}

func (s *Server) lookReport(w http.ResponseWriter, r *http.Request, format string) (LookReport, string, error) {
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		return LookReport{}, "", errMethod
	}
	if err := fetchedByUs(r); err != nil {
		return LookReport{}, "", err
	}
	id, err := s.caseID(r)
	if err != nil {
		return LookReport{}, "", err
	}
	report, err := NewLookReport(r.Context(), s.db, visitOf(r.Context()).actor, id, format)
	return report, id, err
}

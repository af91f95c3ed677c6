package platform

import (
	"bytes"
	"encoding/json"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"reviewdesk/review"
	"reviewdesk/review/cybrid"
)

// The limits of a list (facts/cybrid.md, section 1). The default of per_page is
// documented nowhere.
const (
	perPage     = 10
	mostPerPage = 100
	longestList = 4096 // characters of one filter
)

// list is what a list of identity verifications was asked for. Filters combine; each
// is a comma list. A word that is no state, type or method is refused, since a
// mistyped one would look like an empty queue; a guid that nobody has finds nothing.
type list struct {
	filter        review.PlatformFilter
	nothing       bool // some filter can match nothing here
	page, perPage int64
}

// ListVerifications answers GET /api/identity_verifications: newest first, pages
// from zero. A page past the last one is empty.
func (a *API) ListVerifications(w http.ResponseWriter, r *http.Request) error {
	asked, err := readList(r.URL.RawQuery, a.desk())
	if err != nil {
		return err
	}
	var rows []review.Verification
	var total int64
	if !asked.nothing {
		rows, total, err = a.DB.PlatformList(r.Context(), asked.filter, asked.page*asked.perPage, asked.perPage)
	}
	if err != nil {
		return err
	}
	objects, err := array(rows, cybrid.Listed)
	if err != nil {
		return err
	}
	return Send(w, http.StatusOK, review.Members{
		{Name: "total", Value: encode(total)}, {Name: "page", Value: encode(asked.page)}, {Name: "per_page", Value: encode(asked.perPage)},
		{Name: "objects", Value: objects},
	}.Bytes())
}

// array writes rows as one JSON array.
func array(rows []review.Verification, show func(review.Verification) ([]byte, error)) (json.RawMessage, error) {
	objects := make([][]byte, len(rows))
	for i, v := range rows {
		var err error
		if objects[i], err = show(v); err != nil {
			return nil, err
		}
	}
	return slices.Concat([]byte("["), bytes.Join(objects, []byte(",")), []byte("]")), nil
}

func readList(query string, desk review.Desk) (list, error) {
	l := list{filter: review.PlatformFilter{Provider: review.Cybrid}}
	q, err := parameters(query)
	if err != nil {
		return l, err
	}
	if l.page, err = whole(q, "page", 0, 0, math.MaxInt32); err != nil {
		return l, err
	}
	if l.perPage, err = whole(q, "per_page", perPage, 1, mostPerPage); err != nil {
		return l, err
	}
	for _, read := range []func(url.Values, review.Desk) error{l.readWords, l.readGUIDs, l.readPersons} {
		if err := read(q, desk); err != nil {
			return l, err
		}
	}
	return l, nil
}

func (l *list) readWords(q url.Values, _ review.Desk) (err error) {
	if l.filter.Kinds, err = wordsOf(q, "type", cybrid.Types()); err != nil {
		return err
	}
	if l.filter.Methods, err = wordsOf(q, "method", cybrid.Methods()); err != nil {
		return err
	}
	states, err := wordsOf(q, "state", cybrid.States())
	for _, state := range states {
		match, _ := cybrid.Matches(state)
		l.filter.States = append(l.filter.States, match)
	}
	return err
}

func (l *list) readGUIDs(q url.Values, desk review.Desk) error {
	banks, err := items(q, "bank_guid")
	if err != nil {
		return err
	}
	if len(banks) > 0 && !slices.Contains(banks, desk.Bank) {
		l.nothing = true
	}
	guids, err := items(q, "guid")
	for _, guid := range guids {
		if id, ok := cybrid.ID(guid); ok {
			l.filter.IDs = append(l.filter.IDs, id)
		}
	}
	if len(guids) > 0 && len(l.filter.IDs) == 0 {
		l.nothing = true
	}
	return err
}

// readPersons reads whose verifications are asked for. None is a customer's and a
// counterparty's at once: the person who is verified is one of the two.
func (l *list) readPersons(q url.Values, _ review.Desk) error {
	customers, err := items(q, "customer_guid")
	if err != nil {
		return err
	}
	counterparties, err := items(q, "counterparty_guid")
	for _, guid := range customers {
		l.filter.References = append(l.filter.References, cybrid.ByCustomer(guid))
	}
	for _, guid := range counterparties {
		l.filter.References = append(l.filter.References, cybrid.ByCounterparty(guid))
	}
	if len(customers) > 0 && len(counterparties) > 0 {
		l.nothing = true
	}
	return err
}

// one is a parameter's value, "" where it is not there.
func one(q url.Values, name string) (string, error) {
	if len(q[name]) > 1 {
		return "", &problem{status: http.StatusBadRequest, message: name + ": want it once; separate several values by commas"}
	}
	return q.Get(name), nil
}

// items are the values of a comma list, each once. An empty parameter asks for
// nothing in particular, as one that is not there.
func items(q url.Values, name string) (out []string, err error) {
	text, err := one(q, name)
	if err != nil || text == "" {
		return nil, err
	}
	if len(text) > longestList {
		return nil, invalidValue(name + ": want a list of at most " + strconv.Itoa(longestList) + " characters")
	}
	for _, item := range strings.Split(text, ",") {
		if item = strings.TrimSpace(item); item != "" && !slices.Contains(out, item) {
			out = append(out, item)
		}
	}
	if len(out) == 0 {
		return nil, invalidValue(name + ": want values between the commas")
	}
	return out, nil
}

func wordsOf(q url.Values, name string, known []string) ([]string, error) {
	given, err := items(q, name)
	for _, word := range given {
		if !slices.Contains(known, word) {
			return nil, invalidValue(name + " does not have a valid value: want " + strings.Join(known, ", "))
		}
	}
	return given, err
}

func whole(q url.Values, name string, otherwise, least, most int64) (int64, error) {
	text, err := one(q, name)
	if err != nil || text == "" {
		return otherwise, err
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < least || n > most {
		return 0, invalidValue(name + ": want a whole number from " + strconv.FormatInt(least, 10) + " to " + strconv.FormatInt(most, 10))
	}
	return n, nil
}

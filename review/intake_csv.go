package review

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Row is one verification of a CSV file, for teams without a vendor's export.
// Provider, ID and State must be given, in the provider's own words.
type Row struct {
	Provider  Provider
	ID        string
	State     string
	Reason    string // Cybrid: outcome; Coinify: rejectReason
	CreatedAt string // RFC 3339
	UpdatedAt string // RFC 3339; "" is CreatedAt
	Method    string // Cybrid only
	Reference string // the provider's customer or trader id

	Subject  Reading  // as typed by the applicant
	Document Document // the empty one for none
	Codes    []string // failure codes found
}

// CSVColumns are the columns a CSV file for import may have, in any order. Codes
// are separated by semicolons; dates are YYYY-MM-DD, times RFC 3339.
var CSVColumns = []string{
	"provider", "id", "state", "reason", "created_at", "updated_at", "method", "reference",
	"name", "birth_date", "email", "phone", "country", "address", "number",
	"document_kind", "document_country", "document_expiry", "codes",
}

// CheckCSVHeader refuses a header with a column that nobody knows, one that
// stands twice, or without one that every row needs; it names them.
func CheckCSVHeader(header []string) error {
	seen := map[string]bool{}
	for i := range header {
		name := columnName(header, i)
		if !slices.Contains(CSVColumns, name) {
			return fmt.Errorf("unknown column %q (known are %s)", name, strings.Join(CSVColumns, ", "))
		}
		if seen[name] {
			return fmt.Errorf("column %q stands twice", name)
		}
		seen[name] = true
	}
	for _, needed := range []string{"provider", "id", "state", "created_at"} {
		if !seen[needed] {
			return fmt.Errorf("column %q is missing", needed)
		}
	}
	return nil
}

// columnName is a header's cell without the white space and the byte order mark
// that spreadsheets put in front.
func columnName(header []string, i int) string {
	name := header[i]
	if i == 0 {
		name = strings.TrimPrefix(name, "\ufeff")
	}
	return strings.TrimSpace(name)
}

// ParseCSVRecord turns one record into the object its provider would have sent,
// which that provider's [Vocabulary] then parses like any other. An error names
// the column and never quotes a cell.
func ParseCSVRecord(header, record []string, vs Vocabularies) (object []byte, provider Provider, err error) {
	if err := CheckCSVHeader(header); err != nil {
		return nil, "", err
	}
	if len(record) != len(header) {
		return nil, "", fmt.Errorf("%d cells in a table of %d columns", len(record), len(header))
	}
	cells, err := readCells(header, record)
	if err != nil {
		return nil, "", err
	}
	vocabulary, err := vs.Of(Provider(cells["provider"]))
	if err != nil {
		return nil, "", fmt.Errorf("provider: not one that this desk serves")
	}
	object, err = vocabulary.Compose(rowOf(cells))
	return object, vocabulary.Provider(), err
}

func readCells(header, record []string) (map[string]string, error) {
	cells := make(map[string]string, len(header))
	for i, cell := range record {
		name := columnName(header, i)
		cells[name] = strings.TrimSpace(cell)
		if err := checkCell(name, cells[name]); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return cells, nil
}

func checkCell(column, cell string) (err error) {
	hidden := func(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\t\n\r", r) }
	switch {
	case !utf8.ValidString(cell):
		return fmt.Errorf("holds bytes that are no UTF-8")
	case strings.ContainsFunc(cell, hidden):
		return fmt.Errorf("holds a control character")
	case cell == "" && slices.Contains([]string{"provider", "id", "state", "created_at"}, column):
		return fmt.Errorf("is missing")
	case cell == "":
		return nil
	case column == "created_at" || column == "updated_at":
		_, err = ParseTime(cell)
	case column == "birth_date" || column == "document_expiry":
		_, err = ParseDate(cell)
	}
	return err
}

func rowOf(cells map[string]string) Row {
	row := Row{
		Provider: Provider(cells["provider"]), ID: cells["id"], State: cells["state"], Reason: cells["reason"],
		CreatedAt: cells["created_at"], UpdatedAt: cells["updated_at"],
		Method: cells["method"], Reference: cells["reference"],
		Subject: Reading{
			Name: cells["name"], BirthDate: cells["birth_date"], Email: cells["email"], Phone: cells["phone"],
			Country: cells["country"], Address: cells["address"], Number: cells["number"],
		},
		Document: Document{
			Kind: cells["document_kind"], Country: cells["document_country"],
			Read: Reading{Expiry: cells["document_expiry"]},
		},
	}
	if row.UpdatedAt == "" {
		row.UpdatedAt = row.CreatedAt
	}
	for code := range strings.SplitSeq(cells["codes"], ";") {
		if code = StripSpace(code); code != "" {
			row.Codes = append(row.Codes, code)
		}
	}
	return row
}

// Extension is the row's share that no provider has a member for.
func (r Row) Extension() Extension {
	e := Extension{Reference: r.Reference, Subject: r.Subject, Findings: r.Codes}
	if d := r.Document; d.Kind != "" || d.Country != "" || !d.Read.Empty() {
		e.Documents = []Document{d}
	}
	return e
}

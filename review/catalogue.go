package review

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Severity is how grave a finding is, from 0 (info) to 4 (critical).
type Severity int

// The severities, in rising order.
const (
	SeverityInfo Severity = iota
	SeverityLow
	SeverityMedium
	SeverityHigh
	SeverityCritical
)

var severityNames = []string{"info", "low", "medium", "high", "critical"}

// String gives the word the catalogue uses.
func (s Severity) String() string {
	if s < 0 || int(s) >= len(severityNames) {
		return "unknown"
	}
	return severityNames[s]
}

// ParseSeverity reads a severity's word.
func ParseSeverity(word string) (Severity, bool) {
	i := slices.Index(severityNames, word)
	return Severity(i), i >= 0
}

// Overridable says who may approve in spite of a finding.
type Overridable string

// The three answers, from the mildest to the strictest.
const (
	OverridableYes      Overridable = "yes"       // one officer
	OverridableFourEyes Overridable = "four_eyes" // two different persons
	OverridableNo       Overridable = "no"        // nobody: there is nothing to approve, or the law forbids it
)

// Code is one row of the catalogue: a failure code in an officer's words.
type Code struct {
	Provider    Provider
	Code        string
	Category    string
	Severity    Severity
	Title       string
	Explanation string
	Evidence    string // what to look at
	Applicant   string // what to ask of the applicant
	Overridable Overridable
	Known       bool // false for a code that the catalogue does not hold
}

// Catalogue is the set of failure codes the desk can explain.
type Catalogue struct {
	version string
	codes   []Code
	index   map[codeKey]int
}

// Version names this very state of the catalogue: the first twelve digits of the
// SHA-256 of its file. A decision's event holds it, since titles and rules change
// from one release to the next.
func (c *Catalogue) Version() string { return c.version }

// Undated is the same catalogue without its version, for decisions that do not tell
// under which one they were made.
func (c *Catalogue) Undated() *Catalogue { return &Catalogue{codes: c.codes, index: c.index} }

type codeKey struct {
	provider Provider
	code     string
}

//go:embed failure_codes.csv
var catalogueCSV []byte

// Standard is the catalogue built into the desk: every code of both seed pages
// and the ones Cybrid added since (facts/peers.md, section 0).
var Standard = mustParseCatalogue(catalogueCSV)

func mustParseCatalogue(data []byte) *Catalogue {
	c, err := ParseCatalogue(data)
	if err != nil {
		panic(err) // the embedded file is checked by the package's tests
	}
	return c
}

// ParseCatalogue reads a catalogue from CSV with the header of failure_codes.csv.
// A row with an unknown severity or rule, or a code twice, is an error that names
// its line.
func ParseCatalogue(data []byte) (*Catalogue, error) {
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	if len(rows) == 0 || !slices.Equal(rows[0], catalogueColumns) {
		return nil, fmt.Errorf("catalogue, line 1: want the columns %s", strings.Join(catalogueColumns, ","))
	}
	sum := sha256.Sum256(data)
	c := &Catalogue{version: hex.EncodeToString(sum[:6]), index: map[codeKey]int{}}
	for i, row := range rows[1:] {
		code, err := parseCode(row)
		if err != nil {
			return nil, fmt.Errorf("catalogue, line %d: %w", i+2, err)
		}
		key := codeKey{code.Provider, code.Code}
		if _, twice := c.index[key]; twice {
			return nil, fmt.Errorf("catalogue, line %d: code %q stands twice", i+2, code.Code)
		}
		c.index[key] = len(c.codes)
		c.codes = append(c.codes, code)
	}
	return c, nil
}

var catalogueColumns = []string{
	"source", "code", "since", "category", "severity", "title", "explanation", "evidence", "applicant_action", "overridable",
}

func parseCode(row []string) (Code, error) {
	if row[0] == "" || row[1] == "" {
		return Code{}, fmt.Errorf("want a source and a code")
	}
	severity, ok := ParseSeverity(row[4])
	if !ok {
		return Code{}, fmt.Errorf("unknown severity %q", row[4])
	}
	rule := Overridable(row[9])
	if rule != OverridableYes && rule != OverridableFourEyes && rule != OverridableNo {
		return Code{}, fmt.Errorf("unknown rule %q", row[9])
	}
	return Code{
		Provider: Provider(row[0]), Code: row[1], Category: row[3], Severity: severity,
		Title: row[5], Explanation: row[6], Evidence: row[7], Applicant: row[8],
		Overridable: rule, Known: true,
	}, nil
}

// Codes lists the codes of one provider, or all for "", in the catalogue's order.
func (c *Catalogue) Codes(p Provider) []Code {
	var out []Code
	for _, code := range c.codes {
		if p == "" || code.Provider == p {
			out = append(out, code)
		}
	}
	return out
}

// Lookup explains a code. One that the catalogue does not hold is explained as
// what it is, unknown, and fails closed: high severity, two persons.
func (c *Catalogue) Lookup(p Provider, code string) Code {
	if i, ok := c.index[codeKey{p, code}]; ok {
		return c.codes[i]
	}
	return Code{
		Provider: p, Code: code, Category: "unknown", Severity: SeverityHigh,
		Title:       "Code not in the catalogue",
		Explanation: "The provider sent a code that this desk has no explanation for. It is shown as it came and treated as grave until somebody has found out what it means.",
		Evidence:    "All evidence of the case; the provider's documentation or support for the meaning of the code.",
		Applicant:   "Nothing until the meaning is known.",
		Overridable: OverridableFourEyes,
	}
}

// Worst is the gravest severity among the findings; info when there are none.
func (c *Catalogue) Worst(p Provider, findings []Finding) Severity {
	worst := SeverityInfo
	for _, f := range findings {
		worst = max(worst, c.Lookup(p, f.Code).Severity)
	}
	return worst
}

// SortFindings puts the gravest first and keeps the source's order among equals.
func (c *Catalogue) SortFindings(p Provider, findings []Finding) {
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return int(c.Lookup(p, b.Code).Severity) - int(c.Lookup(p, a.Code).Severity)
	})
}

// NeedsSecond reports whether a decision on these findings needs a second person:
// a code that two persons must overrule, or a critical one, for either outcome
// (UI.md section 2; where peers let one person reject, we take the reading an
// auditor prefers). Why names the codes.
func (c *Catalogue) NeedsSecond(p Provider, findings []Finding) (needed bool, why []string) {
	for _, f := range findings {
		code := c.Lookup(p, f.Code)
		if code.Overridable == OverridableFourEyes || code.Severity == SeverityCritical {
			why = append(why, f.Code)
		}
	}
	return len(why) > 0, why
}

// NeverApprovable lists the findings that nobody may overrule.
func (c *Catalogue) NeverApprovable(p Provider, findings []Finding) []string {
	var out []string
	for _, f := range findings {
		if c.Lookup(p, f.Code).Overridable == OverridableNo {
			out = append(out, f.Code)
		}
	}
	return out
}

// CheckName makes the spoken name of a check out of a code, for lists of passed
// checks: "id_mrz_check_failure" becomes "id_mrz".
func CheckName(code string) string {
	return strings.TrimSuffix(strings.TrimSuffix(code, "_failure"), "_check")
}

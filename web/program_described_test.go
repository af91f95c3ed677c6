package web

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"reviewdesk/review"
	"reviewdesk/web/platform"
)

// TestMain looks, once all tests have run and passed, that they met every answer of
// the APIs' description: one that never occurs is no promise, or is not tested.
func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 && whole() {
		if never := neverSeen(); len(never) > 0 {
			fmt.Printf("described, and met by no test:\n%s\n", strings.Join(never, "\n"))
			code = 1
		}
	}
	os.Exit(code)
}

// whole reports whether no test was left out.
func whole() bool {
	for _, name := range []string{"run", "skip", "list"} {
		if f := flag.Lookup("test." + name); f != nil && f.Value.String() != "" {
			return false
		}
	}
	return !testing.Short()
}

func neverSeen() (never []string) {
	var doc struct {
		Paths map[string]map[string]struct{ Responses map[string]any }
	}
	c, err := apiContract()
	if err == nil {
		err = json.Unmarshal(platform.Description(testBase), &doc)
	}
	if err != nil {
		return []string{err.Error()}
	}
	seen := c.Seen()
	for path, methods := range doc.Paths {
		for method, operation := range methods {
			for status := range operation.Responses {
				answer := strings.ToUpper(method) + " " + path + " " + status
				if !slices.Contains(seen, answer) && !outOfReach(method, status) {
					never = append(never, answer)
				}
			}
		}
	}
	slices.Sort(never)
	return never
}

// outOfReach are the answers that no test can bring about: a fault of ours, and a
// create that is repeated once its person was forgotten, which nothing here does yet.
func outOfReach(method, status string) bool {
	return status == "500" || method == "post" && status == "404"
}

func TestAForeignNameOpensNoAddressOfAProgram(t *testing.T) {
	d := newTestDesk(t)
	for _, route := range routes {
		method, path := d.address(route.Pattern, "c0ffee00-0000-0040-0080-000000000001", "")
		if route.Who.program == "" && path != "/oauth/token" && path != "/auth" {
			continue
		}
		r := d.trader().request(method, strings.ReplaceAll(path, "{guid}", "c0ffee00000000400080000000000001"), "")
		r.Host = "elsewhere.example"
		w := d.sendRaw(r)
		wantError(t, path, w, http.StatusMisdirectedRequest, "misdirected_request")
	}
}

func TestEachAddressOfAProgramCountsWhatItsClientAsks(t *testing.T) {
	d := newTestDesk(t)
	once := platform.Rate{PerSecond: 1, Burst: 1}
	d.serve(Options{BaseURL: testBase, Programs: platform.Limits{Reads: once, Creates: once}})
	d.programRoutes(func(route Route, method, path string) {
		p := d.trader()
		if route.Who.program == review.Cybrid {
			p = d.bank()
		}
		p.send(method, path, "{}")
		w := p.send(method, path, "{}")
		wantError(t, path, w, http.StatusTooManyRequests, "too_many_requests")
		d.Clock.Move(platform.TokensPer)
	})
}

package web

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"reviewdesk/review"
	"reviewdesk/review/cybrid"
)

func TestAGuidThatIsNoneIsNotFound(t *testing.T) {
	d := newTestDesk(t)
	p := d.bank()
	coinify := d.Coinify(1, "Viktor Hahn")
	guid := p.made(plainRequest)
	id, _ := cybrid.ID(guid)
	for _, other := range []string{strings.Repeat("0", 32), strings.ToUpper(guid), id, "1", guid + "0", strings.ReplaceAll(coinify, "-", ""), "%00", "..%2f", "'--"} {
		w := p.send("GET", identityVerifications+"/"+other, "")
		if other == strings.ToUpper(guid) && other == guid {
			continue // digits only
		}
		wantError(t, identityVerifications, w, http.StatusNotFound, "not_found")
		if textOf(t, w, "error_message") != "Record not found" {
			t.Errorf("%s: %s", other, w.Body)
		}
	}
}

func TestAListIsNewestFirstAndItsPagesBeginAtZero(t *testing.T) {
	d := newTestDesk(t)
	d.serve(Options{BaseURL: testBase, Programs: unlimited})
	p := d.bank()
	var guids []string
	for range 23 {
		guids = append([]string{p.made(plainRequest)}, guids...)
		d.Clock.Move(time.Second)
	}
	d.Coinify(1, "Viktor Hahn") // another provider's
	for query, want := range map[string][]string{
		"": guids[:10], "?page=0": guids[:10], "?page=1": guids[10:20], "?page=2": guids[20:], "?page=3": {}, "?page=2000000000": {},
		"?per_page=100": guids, "?per_page=1": guids[:1], "?per_page=1&page=22": guids[22:], "?per_page=7&page=3": guids[21:], "?page=&per_page=": guids[:10],
		"?unknown=1&page=0": guids[:10],
	} {
		w := p.send("GET", identityVerifications+query, "", "Accept-Version", "2025-10-01", "x-requested-with", "XMLHttpRequest")
		wantStatus(t, w, http.StatusOK)
		if got := keysOf(t, w.Body.Bytes()); !slices.Equal(got, []string{"total", "page", "per_page", "objects"}) {
			t.Errorf("%v", got)
		}
		got := members(t, w)
		if got["total"] != 23.0 || fmt.Sprint(guidsOf(got)) != fmt.Sprint(want) {
			t.Errorf("%s: total %v, %v", query, got["total"], guidsOf(got))
		}
	}
	for _, query := range []string{"?page=-1", "?page=x", "?page=1.5", "?per_page=0", "?per_page=101", "?per_page=-1", "?page=99999999999999999999", "?page=0x1", "?page=1&page=2"} {
		w := p.send("GET", identityVerifications+query, "")
		wantError(t, identityVerifications, w, http.StatusBadRequest, map[bool]string{true: "invalid_parameter", false: "invalid_value"}[strings.Contains(query, "&")])
	}
	w := p.send("GET", identityVerifications+"?state=%zz", "")
	wantError(t, identityVerifications, w, http.StatusBadRequest, "invalid_parameter")
}

func guidsOf(list map[string]any) []string {
	out := []string{}
	for _, o := range list["objects"].([]any) {
		out = append(out, o.(map[string]any)["guid"].(string))
	}
	return out
}

func TestEveryFilterTakesACommaListAndTheyCombine(t *testing.T) {
	d := newTestDesk(t)
	d.serve(Options{BaseURL: testBase, Programs: unlimited})
	p := d.bank()
	const ann, bob, eve, account = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee", "00000000000000000000000000000004"
	names := map[string]string{}
	add := func(name, body string) string {
		guid := p.made(body)
		names[guid] = name
		d.Clock.Move(time.Second)
		return guid
	}
	attested := identity("attested")
	attested["customer_guid"] = ann
	review := add("review", text64(attested))
	d.moved(4) // storing, pending, reviewing
	waiting := add("waiting", `{"type":"kyc","method":"id_and_selfie","customer_guid":"`+ann+`"}`)
	d.moved(2)
	add("bank", `{"type":"bank_account","method":"account_ownership","customer_guid":"`+bob+`","external_bank_account_guid":"`+account+`"}`)
	add("counterparty", `{"type":"counterparty","method":"watchlists","customer_guid":"`+bob+`","counterparty_guid":"`+eve+`"}`)
	add("business", `{"type":"kyc","method":"business_registration","customer_guid":null}`)
	bank := d.DB.Desk().Bank
	for query, want := range map[string]string{
		"":                           "business counterparty bank waiting review",
		"type=kyc":                   "business waiting review",
		"type=kyc,counterparty":      "business counterparty waiting review",
		"type=kyc%2Cbank_account":    "business bank waiting review",
		"method=attested,watchlists": "counterparty review",
		"state=reviewing":            "review",
		"state=storing":              "business counterparty bank",
		"state=waiting":              "waiting",
		"state=storing,waiting":      "business counterparty bank waiting",
		"state=completed,expired":    "",
		"state=pending":              "",
		"customer_guid=" + ann:       "waiting review",
		"customer_guid=" + bob:       "bank",
		"customer_guid=" + ann + "," + bob + "&type=kyc":        "waiting review",
		"counterparty_guid=" + eve:                              "counterparty",
		"customer_guid=" + eve:                                  "",
		"counterparty_guid=" + bob:                              "",
		"customer_guid=" + bob + "&counterparty_guid=" + eve:    "",
		"guid=" + review + "," + waiting:                        "waiting review",
		"guid=" + review + "&state=waiting":                     "",
		"guid=" + review + ",nobody," + strings.Repeat("0", 32): "review",
		"guid=nobody":                   "",
		"customer_guid=nobody":          "",
		"bank_guid=" + bank:             "business counterparty bank waiting review",
		"bank_guid=" + bank + "," + ann: "business counterparty bank waiting review",
		"bank_guid=" + ann:              "",
		"type=kyc&method=attested&state=reviewing&customer_guid=" + ann + "&guid=" + review + "&bank_guid=" + bank: "review",
		"type=&method=&state=&guid=": "business counterparty bank waiting review",
		"type= kyc , kyc,,":          "business waiting review",
	} {
		w := p.send("GET", identityVerifications+"?per_page=100&"+strings.ReplaceAll(query, " ", "%20"), "")
		wantStatus(t, w, http.StatusOK)
		list := members(t, w)
		var got []string
		for _, guid := range guidsOf(list) {
			got = append(got, names[guid])
		}
		if strings.Join(got, " ") != want || list["total"] != float64(len(got)) {
			t.Errorf("%s finds %v of %v, want %s", query, got, list["total"], want)
		}
	}
	for query, code := range map[string]string{
		"state=won": "invalid_value", "type=kyb": "invalid_value", "method=kyc": "invalid_value", "state=storing,won": "invalid_value", "guid=,": "invalid_value",
		"bank_guid=" + strings.Repeat("a", 4097): "invalid_value", "customer_guid=" + strings.Repeat("a,", 2049): "invalid_value", "type=kyc&type=kyc": "invalid_parameter",
	} {
		wantError(t, identityVerifications, p.send("GET", identityVerifications+"?"+query, ""), http.StatusBadRequest, code)
	}
	var many []string // as many as the limit lets through
	for n := range 1024 {
		many = append(many, fmt.Sprintf("%03x", n))
	}
	for _, name := range []string{"guid", "bank_guid", "customer_guid", "counterparty_guid"} {
		query := "?" + name + "=" + strings.Join(many, ",")[:4095]
		if w := p.send("GET", identityVerifications+query, ""); w.Code != http.StatusOK || members(t, w)["total"] != 0.0 {
			t.Errorf("%s: %d: %s", name, w.Code, w.Body)
		}
		query += "," // the 4096th character
		wantStatus(t, p.send("GET", identityVerifications+query+"&state="+strings.Join(cybrid.States(), ",")+"&type="+strings.Join(cybrid.Types(), ",")+"&method="+strings.Join(cybrid.Methods(), ","), ""), http.StatusOK)
	}
}

func TestAListOfAllThatAnImportBroughtIsSoundJSON(t *testing.T) {
	d := newTestDesk(t)
	for n, code := range review.Standard.Codes(review.Cybrid) {
		d.Cybrid(n+1, "Zoila \u2028 \"Quispe\" </script>", code.Code)
	}
	p := d.bank()
	w := p.send("GET", identityVerifications+"?per_page=100", "")
	wantStatus(t, w, http.StatusOK)
	for _, object := range members(t, w)["objects"].([]any) {
		if o := object.(map[string]any); o["state"] != "reviewing" || len(o) < len(listedKeys)-2 {
			t.Errorf("%v", o)
		}
	}
}

func TestAHeadAnswersAsAGetWithoutABody(t *testing.T) {
	d := newTestDesk(t)
	p := d.bank()
	p.made(plainRequest)
	address := d.listen()
	ask := func(method string) *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), method, "http://"+address+identityVerifications, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+p.token)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	get, head := ask("GET"), ask("HEAD")
	var body bytes.Buffer
	if _, err := body.ReadFrom(get.Body); err != nil {
		t.Fatal(err)
	}
	get.Body.Close()
	head.Body.Close()
	if head.StatusCode != 200 || get.StatusCode != 200 || head.ContentLength != int64(body.Len()) || head.Header.Get("Content-Type") != get.Header.Get("Content-Type") {
		t.Errorf("HEAD %d with %d bytes, GET %d with %d", head.StatusCode, head.ContentLength, get.StatusCode, body.Len())
	}
}

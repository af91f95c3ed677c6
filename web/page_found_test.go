package web

import (
	"fmt"
	"strings"
	"testing"

	"reviewdesk/review"
)

// A list must never seem to be in an order that it is not in.
func TestASearchThatFindsTooManySaysInWhichOrderTheyCome(t *testing.T) {
	d := newTestDesk(t)
	for n := range 260 {
		d.Cybrid(n+1, fmt.Sprintf("Zoila Quispe %d", n))
	}
	b, _ := d.signedIn(review.RoleReviewer)
	for query, says := range map[string]string{
		"?q=quis":             "the newest first",
		"?q=quis&sort=oldest": "the oldest first",
		"?q=quispe+25":        "",
	} {
		page := strings.Join(strings.Fields(b.list(query).Find("main").Text()), " ")
		if told := strings.Contains(page, "So many cases match"); told != (says != "") || !strings.Contains(page, says) {
			t.Errorf("%s: %s", query, page[:min(len(page), 600)])
		}
	}
}

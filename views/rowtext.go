package views

import "slices"

const usualRow = 1500 // bytes of markup

// queueRows are the rows of the table of cases that wait: fifty of them are drawn for
// every look at the queue, with some twenty-five values each.
func queueRows(p *QueuePage) drawn {
	return func(t *markup) {
		t.b = slices.Grow(t.b, len(p.Rows)*usualRow)
		for i := range p.Rows {
			t.row(&p.Rows[i], p.Assets.Icons, p.BulkReturn != "")
		}
	}
}

func (t *markup) row(r *QueueRow, sprite string, pick bool) {
	t.with(`<tr data-row data-href="`, r.Href, `"`)
	t.with(` data-id="`, r.ID, `">`)
	if pick {
		t.with(`<td class="c-pick"><input class="tick" type="checkbox" form="bulk" name="case" value="`, r.ID, `:`)
		t.with("", r.Version, `" aria-label="Select `)
		t.with("", when(r.Name == "", r.ShortID, r.Name), `"></td>`)
	}
	t.who(r, sprite)
	t.with(`<td class="c-state"><span class="badge" data-is="`, r.Badge.Class, `">`)
	t.with("", r.Badge.Word, `</span></td><td class="c-find"><div class="chips">`)
	t.chips(r)
	t.with(`</div></td><td class="c-doc">`, r.Document, `</td><td class="c-wait">`)
	t.wait(r, sprite)
	t.raw(`</td><td class="c-own">`)
	t.owner(r)
	t.raw(`</td></tr>`)
}

func (t *markup) who(r *QueueRow, sprite string) {
	t.with(`<th scope="row" class="c-who"><a href="`, r.Href, `">`)
	if r.Name != "" {
		t.with(`<bdi>`, r.Name, `</bdi>`)
	} else {
		t.with(`<span class="dim">`, nameless(r.Erased), `</span>`)
	}
	t.with(`</a> <small><span class="mono">`, r.ShortID, `</span> `)
	if r.NameWarning != "" {
		t.raw(`<span class="hint-warn">`)
		t.symbol(smallIcon(sprite, "flag"))
		t.with("", r.NameWarning, `</span> `)
	}
	if r.Seniors {
		t.raw(`<span class="for-seniors">For seniors</span>`)
	}
	t.raw(`</small></th>`)
}

func (t *markup) chips(r *QueueRow) {
	n := shown(r)
	for _, c := range r.Chips[:n] {
		t.with(`<span class="chip" data-is="`, c.Class, `" title="`)
		t.with("", c.Word, `">`)
		t.chip(c)
	}
	if len(r.Chips) == n {
		return
	}
	t.with(`<details class="pop" name="pop"><summary class="chip more">+`, restOf(r), `<span class="vh">more findings</span></summary><ul class="panel">`)
	for _, c := range r.Chips {
		t.with(`<li><span class="chip" data-is="`, c.Class, `">`)
		t.chip(c)
		t.raw(`</li>`)
	}
	t.raw(`</ul></details>`)
}

// chip is the inside of one, and its end.
func (t *markup) chip(c Chip) {
	t.with(`<span class="vh">`, c.Word, `: </span><code>`)
	t.with("", c.Code, `</code></span> `)
}

func (t *markup) wait(r *QueueRow, sprite string) {
	switch {
	case r.Paused != "":
		t.raw(`<span class="sla" data-is="paused"><b>`)
		t.symbol(smallIcon(sprite, "clock"))
		t.with("", r.Waiting, `<span class="vh">, clock paused</span></b> `)
		t.with(`<small class="dim">`, r.Paused, `</small></span>`)
	case r.Waiting != "":
		t.with(`<span class="sla" data-is="`, r.WaitLevel, `"><b>`)
		switch r.WaitLevel {
		case "red":
			t.symbol(smallIcon(sprite, "alert"))
		case "amber":
			t.symbol(smallIcon(sprite, "clock"))
		}
		t.with("", r.Waiting, " ")
		if r.WaitWord != "" {
			t.with(`<span class="vh">, `, r.WaitWord, `</span>`)
		}
		t.with(`</b> <i class="bar"><i data-w="`, step(r.WaitStep), `"></i></i></span>`)
	case r.When.Text != "":
		t.with(`<small class="dim">Decided <time class="num" datetime="`, r.When.ISO, `" title="`)
		t.with("", r.When.Title, when(r.When.Ago, `" data-ago>`, `">`))
		t.with("", r.When.Text, `</time></small>`)
	}
}

func (t *markup) owner(r *QueueRow) {
	switch {
	case r.Settled && r.DecidedBy.Name != "":
		t.person(r.DecidedBy, false)
	case r.Owner.Name == "" && !r.Settled:
		t.raw(`<span class="dim">Unclaimed</span>`)
	case r.Owner.Name != "":
		t.person(r.Owner, r.You)
		if r.Left.ISO != "" {
			t.with(` <small class="left num" title="Until `, r.Left.Title, `">`)
			t.with(`<span data-countdown="`, r.Left.ISO, `" data-expired="ran out">`)
			t.with("", r.Left.Text, `</span></small>`)
		}
	}
}

func (t *markup) person(o Owner, you bool) {
	t.with(`<span class="owner"><span class="avatar sm" data-is="`, o.Tone, `" aria-hidden="true">`)
	t.with("", o.Initials, `</span> `)
	if you {
		t.raw(`<span>You</span></span>`)
		return
	}
	t.with(`<bdi>`, o.Name, `</bdi></span>`)
}

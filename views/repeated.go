package views

import "strings"

// What the frame around every page repeats, put together by hand (see markup).

// navLinks are links of the navigation with their counts.
func navLinks(sprite string, items []NavItem) drawn {
	return func(t *markup) {
		for i := range items {
			n := &items[i]
			t.with(`<a href="`, n.Href, `"`)
			t.with(` title="`, n.Label, `"`)
			t.goes(n)
			t.raw(`>`)
			t.symbol(icon(sprite, n.Icon))
			t.with(`<span class="t">`, n.Label, `</span> `)
			t.count(n)
			t.raw(`</a>`)
		}
	}
}

// savedLinks are links to lists that are kept.
func savedLinks(items []NavItem) drawn {
	return func(t *markup) {
		for i := range items {
			n := &items[i]
			t.with(`<a href="`, n.Href, `"`)
			t.goes(n)
			t.with(`><i class="swatch" data-is="`, n.Icon, `"></i> <span class="t">`)
			t.with("", n.Label, `</span> `)
			t.count(n)
			t.raw(`</a>`)
		}
	}
}

// goes are the attributes of a link of the navigation: whether it is the page, and its keys.
func (t *markup) goes(n *NavItem) {
	t.current(n.Current, n.Within)
	if n.Key == "" {
		return
	}
	t.with(` aria-keyshortcuts="`, n.Key, `"`)
	if after, two := strings.CutPrefix(n.Key, "g "); two {
		t.with(` data-go="`, after, `"`) // the key after g
	} else {
		t.with(` data-key="`, n.Key, `"`)
	}
}

func (t *markup) current(current, within bool) {
	switch {
	case current:
		t.raw(` aria-current="page"`)
	case within:
		t.raw(` aria-current="true"`)
	}
}

// count keeps its place where it is nothing yet, for the live page to fill in.
func (t *markup) count(n *NavItem) {
	if n.listed() {
		t.with(when(n.Hot, `<span class="n hot" data-count="`, `<span class="n" data-count="`), n.Href, `">`)
		t.with("", n.Count, `</span>`)
	}
}

// tabLinks are those of a phone's tab bar.
func tabLinks(sprite string, items []NavItem) drawn {
	return func(t *markup) {
		for i := range items {
			n := &items[i]
			t.with(`<a href="`, n.Href, `"`)
			t.current(n.Current, n.Within)
			t.raw(`>`)
			t.symbol(icon(sprite, n.Icon))
			t.with(`<span>`, n.Label, `</span> `)
			if n.Calls {
				t.with(`<b>`, n.Count, `</b>`)
			}
			t.raw(`</a> `)
		}
	}
}

// commands are lines of the palette. One icon may stand for all.
func commands(sprite, symbol string, items []NavItem) drawn {
	return func(t *markup) {
		for i := range items {
			n := &items[i]
			t.with(`<li><a href="`, n.Href, `">`)
			t.symbol(icon(sprite, when(symbol == "", n.Icon, symbol)))
			t.with(`<span>`, n.Label, `</span> `)
			if n.Key != "" && symbol == "" {
				t.raw(`<span class="caps" aria-hidden="true">`)
				t.caps(n.Key, "")
				t.raw(`</span>`)
			}
			t.raw(`</a></li>`)
		}
	}
}

// caps are the caps of keys such as "g q" or "1 to 5".
func (t *markup) caps(keys, between string) {
	for key := range strings.FieldsSeq(keys) {
		if name := capOf(key); name == "TO" {
			t.raw(`to`, between)
		} else {
			t.with(`<kbd>`, name, `</kbd>`)
			t.raw(between)
		}
	}
}

// capsOf are they as a component.
func capsOf(keys string) drawn { return func(t *markup) { t.caps(keys, " ") } }

// capOf is what is printed on a key.
func capOf(key string) string {
	switch name := strings.ToUpper(key); name {
	case "ENTER":
		return "↵"
	case "CTRL":
		return "Ctrl"
	case "ESC":
		return "Esc"
	case "-":
		return "−"
	default:
		return name
	}
}

// keymap lists the keys of a page.
func keymap(p Page) drawn {
	return func(t *markup) {
		t.raw(`<div class="dlg-in">`)
		for _, g := range p.keyed().Help {
			t.with(`<div><h3 class="kh">`, g.Title, `</h3><dl class="keymap">`)
			for _, k := range g.Keys {
				t.with(`<dt>`, k.Label, `</dt><dd>`)
				t.caps(k.Keys, "  ")
				t.raw(`</dd>`)
			}
			t.raw(`</dl></div>`)
		}
		t.raw(`</div>`)
	}
}

// choice is one display choice: a form whose buttons each send one value. The
// other choices go along, so that none is lost.
func choice(p Page, label, field, current string, options ...Option) drawn {
	return func(t *markup) {
		t.raw(`<form method="post" action="/preferences"`, when(field == "theme", ` data-theme-form`, ""))
		t.with(`><span class="lab">`, label, `</span> <span class="seg" role="group" aria-label="`)
		t.with("", label, `">`)
		for _, o := range options {
			t.with(`<button name="`, field, `" value="`)
			t.with("", o.Value, when(o.Value == current, `" aria-pressed="true">`, `" aria-pressed="false">`))
			t.with("", o.Label, `</button>`)
		}
		t.raw(`</span> `)
		for _, other := range [...]Hidden{{"theme", p.Prefs.Theme}, {"density", p.Prefs.Density}, {"zone", p.Prefs.Zone}, {"keys", p.Prefs.Keys}} {
			if other.Name != field {
				t.hidden(other)
				t.raw(" ")
			}
		}
		t.hidden(Hidden{"return", p.Return})
		t.raw(`</form>`)
	}
}

func (t *markup) hidden(f Hidden) {
	t.with(`<input type="hidden" name="`, f.Name, `" value="`)
	t.with("", f.Value, `">`)
}

// hidden are fields that a form carries along.
func hidden(fields []Hidden) drawn {
	return func(t *markup) {
		for _, f := range fields {
			t.hidden(f)
		}
	}
}

// selection is a filter's list to choose from.
func selection(f FilterPill) drawn {
	return func(t *markup) {
		t.with(`<div class="field"><label for="f-`, f.Name, `">`)
		t.with("", f.Label, `</label> <select class="input" id="f-`)
		t.with("", f.Name, `" name="`)
		t.with("", f.Name, `">`)
		for _, o := range f.Options {
			t.with(`<option value="`, o.Value, when(o.Chosen, `" selected>`, `">`))
			t.with("", o.Label, `</option>`)
		}
		t.raw(`</select></div>`)
	}
}

// segmentLinks are a list's large choices.
func segmentLinks(links []Link) drawn {
	return func(t *markup) {
		for _, l := range links {
			t.with(`<a href="`, l.Href, when(l.Current, `" aria-current="true">`, `">`))
			t.with("", l.Label, " ")
			if l.Count != "" {
				t.with(`<span class="n">`, l.Count, `</span>`)
			}
			t.raw(`</a>`)
		}
	}
}

// bars are the columns of a chart.
func bars(points []int) drawn {
	return func(t *markup) {
		for _, c := range columns(points) {
			t.with(`<rect x="`, c.X, `" y="`)
			t.with("", c.Y, `" width="`)
			t.with("", c.W, `" height="`)
			t.with("", c.H, `" rx="1" opacity="`)
			t.with("", c.Opacity, `"></rect>`)
		}
	}
}

package review

import (
	_ "embed" // the list is a file
	"strings"
)

//go:embed countries.txt
var countriesText string

// countries are the codes that ISO 3166-1 assigns, and XK, which it leaves to its users
// and which payment networks use for Kosovo, with their English names as CLDR has them.
var countries = func() map[string]string {
	names := map[string]string{}
	for line := range strings.Lines(countriesText) {
		code, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		names[code] = name
	}
	return names
}()

// CountryName is a country's English name by its code of two capital letters; "" for a
// code that no country has.
func CountryName(code string) string { return countries[code] }

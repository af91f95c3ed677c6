// Package providers lists the providers that this desk serves. A new one is a
// folder beside this one with a [review.Vocabulary] in it, a constant in package
// review, its rows in the catalogue, and one line here. It is a package of its
// own because the vocabularies import package review, which so cannot list them.
package providers

import (
	"reviewdesk/review"
	"reviewdesk/review/coinify"
	"reviewdesk/review/cybrid"
)

// All is every provider's vocabulary.
var All = review.Vocabularies{
	cybrid.Vocabulary{},
	coinify.Vocabulary{},
}

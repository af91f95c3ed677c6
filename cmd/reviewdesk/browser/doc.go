// Package browser drives the built binary in a real browser, as its people do. It holds
// tests only.
//
// Nothing of the product runs in this process but what reads its bundles: the desk is
// the binary as it ships, beside it. So make test runs this room without the race
// detector, which would look at the tests alone and make them three times slower.
//
// What officers do is walked twice, by keys and without script:
//
//	claim, skip, take over, release   TestWhatOfficersDoBesideDeciding…, TestACaseIsTakenAndGivenBack
//	urgency, set aside, fetch back    the same
//	resolutions, grounds, four keys   TestAnOrdinaryDecisionIsFourKeys, TestWhatOfficersAddToACase, TestFourEyes
//	four eyes: wish, draw, blind      TestFourEyes; by the codes: TestWhatOfficersAddToACase
//	undo, reopening by two            TestWhatOfficersDoBesideDeciding…, TestReopeningByKeysTakesTwo
//	ask again, no word that tips off  TestWhatOfficersDoBesideDeciding…, TestACaseIsTakenAndGivenBack
//	escalate, notes, mentions, files  TestWhatOfficersDoBesideDeciding…, TestWhatOfficersAddToACase
//	evidence, linked, time travel     TestTheDeskIsWorkedByKeys, TestTheRecordOfADecision
//	conflicts of interest             TestAConflictOfInterest
//	name-match worksheet              TestWhatOfficersAddToACase
//	saved views, search, live counts  TestListsAreKeptSharedAndSearched, TestALiveListOffersWhatHasChanged
//	bulk acts                         TestSeveralCasesAtOnce…
//	packet                            TestTheRecordOfADecision
//	legal hold, erasure               TestAPersonIsHeldAndErased
//	at the same moment                TestOfficersWhoPressAtOnce
//
// Zoom, rotation, contrast and full screen are script's by nature: without it each
// picture opens by itself, and the tools are not offered. Live counts are a reload's.
// TestEveryPageIsAccessibleAndFits and the walks themselves run axe-core.
//
// A page may be used once it is whole (leads, enter, send wait for its load event), and
// what its script does afterwards is waited for by name (until).
package browser

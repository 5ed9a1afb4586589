// Package domain holds the rules of an industrial cluster: what may happen, and what is true afterwards.
//
// A cluster is the fold of its journal. Decide turns one command into events or a refusal, Apply folds events into
// State, Fire says which timers have come due. All three are pure: time, identifiers, chance and time zones come in as
// parameters. Nothing in here talks to a store, a platform, a clock or a person.
package domain

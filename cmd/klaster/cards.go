package main

import (
	"context"
	"fmt"
)

type cardsCommand struct{}

func (cardsCommand) run(_ context.Context, m *Main, _ *Config) error {
	return fmt.Errorf("cards: not there yet")
}

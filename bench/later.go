package main

import "context"

func (b *bench) starts(context.Context) error      { return nil }
func (b *bench) memory(context.Context) error      { return nil }
func (b *bench) due(context.Context, string) error { return nil }

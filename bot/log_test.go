package bot

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestRedactor(t *testing.T) {
	const secret = "123456:canary"
	var wall Redactor
	wall.Hide(secret)
	wall.Hide("a") // would garble everything
	var out bytes.Buffer
	log := slog.New(wall.Wrap(slog.NewTextHandler(&out, nil)))
	log.With("token", secret).WithGroup("g").Error("at https://x/bot"+secret, "err", fmt.Errorf("get: %w", errors.New(secret)),
		slog.Group("in", "url", "u/"+secret), "list", []string{secret}, "n", 7)
	if strings.Contains(out.String(), "canary") {
		t.Errorf("the secret is in %s", out.String())
	}
	if !strings.Contains(out.String(), "g.n=7") {
		t.Errorf("attributes were lost: %s", out.String())
	}
}

func TestGuardSaysWhereNotWhat(t *testing.T) {
	err := guard(func() { panic("what a person wrote") })
	if err == nil || strings.Contains(err.Error(), "person") || !strings.Contains(err.Error(), "log_test.go") {
		t.Errorf("guard says %v", err)
	}
}

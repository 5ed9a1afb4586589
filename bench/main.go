// Command bench measures what BENCHMARKS.md promises. All terms of a ratio are measured in the same run, on the same
// cores: the bot, Redis, the fake platform and the load share them, so that rates are low and ratios are what counts.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"
	_ "time/tzdata"
)

// row is one line of the table.
type row struct {
	number   int
	what     string
	goal     string
	gate     string
	measured string
	terms    string // what the figure was made of
	pass     bool
}

// bench is one run.
type bench struct {
	dir    string // everything that is written is in here
	binary string
	inside bool // the bot runs in this process, for profiles
	quick  bool // a third of the work
	rows   []row
	began  time.Time
}

// atMost bounds the run, whatever hangs.
const atMost = 8 * time.Minute

func main() {
	only := flag.String("rows", "", "numbers of the rows to measure, with commas; empty: all")
	profile := flag.String("cpuprofile", "", "run the bot in this process and write a CPU profile of the measured part")
	program := flag.String("program", "", "a program that is built already; empty: build it as make build does")
	quick := flag.Bool("quick", false, "a third of the work: figures are rough")
	watched := flag.String("observed", "", "used by row 11: be the bot that is watched, on this store and this address of the fake Discord, with a comma between them")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if *watched != "" {
		if err := beObserved(ctx, *watched, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "bench: the observed bot:", err)
			os.Exit(1)
		}
		return
	}
	if err := run(ctx, *only, *profile, *program, *quick); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, only, profile, program string, quick bool) error {
	dir, err := os.MkdirTemp("", "klaster-bench")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	b := &bench{dir: dir, binary: program, inside: profile != "", quick: quick, began: time.Now()}
	wanted := func(numbers ...int) bool {
		for _, n := range numbers {
			if only == "" || slices.Contains(strings.Split(only, ","), fmt.Sprint(n)) {
				return true
			}
		}
		return false
	}
	size, err := b.build(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, atMost)
	defer cancel()
	if wanted(8) {
		b.add(row{8, "binary, stripped, CGO off", "", "32 MB", fmt.Sprintf("%.1f MB", size/1e6), "", size <= 32e6})
	}
	if wanted(1, 2, 3, 4) {
		if err := b.votes(ctx, wanted, profile); err != nil {
			return fmt.Errorf("votes: %w", err)
		}
	}
	if wanted(5) {
		if err := b.starts(ctx); err != nil {
			return fmt.Errorf("starts: %w", err)
		}
	}
	if wanted(6) {
		if err := b.memory(ctx); err != nil {
			return fmt.Errorf("memory: %w", err)
		}
	}
	if wanted(7) {
		if err := b.due(ctx, profile); err != nil {
			return fmt.Errorf("due: %w", err)
		}
	}
	if wanted(9, 10, 11) {
		if err := b.discord(ctx, wanted, profile); err != nil {
			return fmt.Errorf("discord: %w", err)
		}
	}
	b.print()
	return nil
}

func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%5.1fs  %s\n", time.Since(b.began).Seconds(), fmt.Sprintf(format, args...))
}

func (b *bench) add(r row) {
	b.rows = append(b.rows, r)
	b.say("row %d: %s %s", r.number, r.measured, r.terms)
}

// scaled is how much of something a run does.
func (b *bench) scaled(n int) int {
	if b.quick {
		return n / 3
	}
	return n
}

func (b *bench) print() {
	slices.SortStableFunc(b.rows, func(a, b row) int { return a.number - b.number })
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 1, ' ', 0)
	fmt.Fprintln(w, "| # \t| what \t| goal \t| gate \t| measured \t| holds \t| made of \t|")
	fmt.Fprintln(w, "|---\t|---\t|---\t|---\t|---\t|---\t|---\t|")
	missed := 0
	for _, r := range b.rows {
		holds := "yes"
		if !r.pass {
			holds = "NO"
			missed++
		}
		fmt.Fprintf(w, "| %d \t| %s \t| %s \t| %s \t| %s \t| %s \t| %s \t|\n", r.number, r.what, r.goal, r.gate, r.measured, holds, r.terms)
	}
	_ = w.Flush()
	fmt.Printf("\n%d of %d gates hold; measured in %s, load average now %s\n",
		len(b.rows)-missed, len(b.rows), time.Since(b.began).Round(time.Second), loadAverage())
}

func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Join(strings.Fields(string(text))[:3], " ")
}

// median of at least one number.
func median[T int | int64 | float64 | time.Duration](all []T) T {
	sorted := slices.Clone(all)
	slices.Sort(sorted)
	return sorted[len(sorted)/2]
}

package main

import (
	"context"
	"fmt"
	"os"
	"runtime/pprof"
	"strconv"
)

// profiling begins a profile of this process in a file; an empty name: none. What it returns ends it.
func profiling(file string) (end func(), err error) {
	if file == "" {
		return func() {}, nil
	}
	out, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(out); err != nil {
		return nil, err
	}
	return func() {
		pprof.StopCPUProfile()
		_ = out.Close()
	}, nil
}

// cpu is how much computing went on in this process and in Redis, in seconds. A busy machine stretches times more than
// it stretches these.
type cpu struct{ here, redis float64 }

func (c cpu) since(before cpu) cpu { return cpu{c.here - before.here, c.redis - before.redis} }

func (c cpu) String() string {
	return fmt.Sprintf("computing %.1f s here, %.1f s in Redis", c.here, c.redis)
}

func (s *server) cpu(ctx context.Context) (cpu, error) {
	used := cpu{here: ownCPU()}
	info, err := s.client.InfoMap(ctx, "cpu").Result()
	if err != nil {
		return used, err
	}
	for _, part := range []string{"used_cpu_sys", "used_cpu_user"} {
		seconds, err := strconv.ParseFloat(info["CPU"][part], 64)
		if err != nil {
			return used, fmt.Errorf("redis: %s: %w", part, err)
		}
		used.redis += seconds
	}
	return used, nil
}

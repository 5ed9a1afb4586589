package bot

import (
	"sync"
	"time"
)

// rememberZones looks each zone up once: the standard library reads and parses it anew every time, and every cluster
// that wakes asks for its own.
func rememberZones(look func(string) *time.Location) func(string) *time.Location {
	var known sync.Map // name -> *time.Location; names come from journals and are few
	return func(name string) *time.Location {
		if loc, ok := known.Load(name); ok {
			return loc.(*time.Location)
		}
		loc := look(name)
		if loc != nil {
			known.Store(name, loc)
		}
		return loc
	}
}

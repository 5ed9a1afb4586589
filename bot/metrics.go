package bot

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics counts what the bot does. The nil *Metrics counts nothing.
type Metrics struct {
	inputs    *prometheus.CounterVec
	commits   prometheus.Counter
	batches   prometheus.Histogram
	appends   prometheus.Histogram
	appendErr prometheus.Counter
	conflicts prometheus.Counter
	rewinds   prometheus.Counter
	parkedN   prometheus.Counter
	sends     *prometheus.CounterVec
	edits     *prometheus.CounterVec
	waiting   *prometheus.GaugeVec
	rooms     prometheus.Gauge
	up        *prometheus.GaugeVec
	lag       prometheus.Gauge
}

// NewMetrics registers the bot's metrics.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		inputs:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "klaster_inputs_total", Help: "Updates taken in, by platform and kind."}, []string{"platform", "kind"}),
		commits:   prometheus.NewCounter(prometheus.CounterOpts{Name: "klaster_commits_total", Help: "Commits put into journals."}),
		batches:   prometheus.NewHistogram(prometheus.HistogramOpts{Name: "klaster_batch_requests", Help: "Requests handled at a time.", Buckets: prometheus.ExponentialBuckets(1, 2, 8)}),
		appends:   prometheus.NewHistogram(prometheus.HistogramOpts{Name: "klaster_append_seconds", Help: "Time an append took.", Buckets: prometheus.ExponentialBuckets(0.0001, 2.5, 12)}),
		appendErr: prometheus.NewCounter(prometheus.CounterOpts{Name: "klaster_append_errors_total", Help: "Appends that were refused or failed."}),
		conflicts: prometheus.NewCounter(prometheus.CounterOpts{Name: "klaster_conflicts_total", Help: "Appends refused because another writer was first."}),
		rewinds:   prometheus.NewCounter(prometheus.CounterOpts{Name: "klaster_rewinds_total", Help: "Journals found shorter than, or forked from, what was confirmed."}),
		parkedN:   prometheus.NewCounter(prometheus.CounterOpts{Name: "klaster_parked_total", Help: "Inputs set aside for the operator."}),
		sends:     prometheus.NewCounterVec(prometheus.CounterOpts{Name: "klaster_sends_total", Help: "Sends, by platform, class and result."}, []string{"platform", "class", "result"}),
		edits:     prometheus.NewCounterVec(prometheus.CounterOpts{Name: "klaster_edits_total", Help: "Messages edited."}, []string{"platform"}),
		waiting:   prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "klaster_sends_waiting", Help: "Sends that wait for their turn."}, []string{"platform"}),
		rooms:     prometheus.NewGauge(prometheus.GaugeOpts{Name: "klaster_rooms_awake", Help: "Clusters folded in memory."}),
		up:        prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "klaster_platform_up", Help: "1 while the platform takes and gives."}, []string{"platform"}),
		lag:       prometheus.NewGauge(prometheus.GaugeOpts{Name: "klaster_due_lag_seconds", Help: "How late the last due cluster was woken."}),
	}
	reg.MustRegister(m.inputs, m.commits, m.batches, m.appends, m.appendErr, m.conflicts, m.rewinds, m.parkedN, m.sends, m.edits, m.waiting, m.rooms, m.up, m.lag)
	return m
}

func (m *Metrics) input(platform, kind string) {
	if m != nil {
		m.inputs.WithLabelValues(platform, kind).Inc()
	}
}

func (m *Metrics) batch(n int) {
	if m != nil {
		m.batches.Observe(float64(n))
	}
}

func (m *Metrics) appended(n int, took time.Duration, err error) {
	switch {
	case m == nil:
	case err != nil:
		m.appendErr.Inc()
	default:
		m.commits.Add(float64(n))
		m.appends.Observe(took.Seconds())
	}
}

func (m *Metrics) conflict() {
	if m != nil {
		m.conflicts.Inc()
	}
}

func (m *Metrics) rewind() {
	if m != nil {
		m.rewinds.Inc()
	}
}

func (m *Metrics) parked() {
	if m != nil {
		m.parkedN.Inc()
	}
}

func (m *Metrics) sent(platform, class, result string) {
	if m != nil {
		m.sends.WithLabelValues(platform, class, result).Inc()
	}
}

func (m *Metrics) edited(platform string) {
	if m != nil {
		m.edits.WithLabelValues(platform).Inc()
	}
}

func (m *Metrics) queued(platform string, n int) {
	if m != nil {
		m.waiting.WithLabelValues(platform).Set(float64(n))
	}
}

func (m *Metrics) awake(n int) {
	if m != nil {
		m.rooms.Set(float64(n))
	}
}

func (m *Metrics) platformUp(platform string, up bool) {
	if m == nil {
		return
	}
	if up {
		m.up.WithLabelValues(platform).Set(1)
	} else {
		m.up.WithLabelValues(platform).Set(0)
	}
}

// DueLag reports how late a due cluster was woken.
func (m *Metrics) DueLag(d time.Duration) {
	if m != nil {
		m.lag.Set(d.Seconds())
	}
}

package commands

import "klaster/domain"

// recordsArea is what a cluster knows of itself: where it stands, its charter, its history, what can be taken away, and
// what is kept about a person.
func recordsArea() area {
	return area{
		verbs: []verb{
			{name: "status", names: []string{"status", "ringkasan"}, group: true, private: true, run: runStatus},
			{name: "settings", names: []string{"pengaturan", "atur", "tatib", "piagam", "setting", "charter"}, group: true, private: true, run: runSettings},
			{name: "language", names: []string{"bahasa"}, group: true, private: true, lobby: true, run: runLanguage},
			{name: "history", names: []string{"riwayat"}, group: true, private: true, run: runHistory},
			{name: "export", names: []string{"ekspor", "unduh", "download"}, group: true, private: true, run: runExport},
			{name: "me", names: []string{"saya"}, private: true, lobby: true, run: runMe},
		},
		taps:  []tapper{{prefix: "h", run: historyTap}},
		forms: []form{settingForm(), ruleForm(), stewardForm(), facilitatorForm(), vacantForm(), forgetForm(), leaveRepForm()},
		answers: map[string]answer{
			"charter_changed":   answerCharter,
			"steward_named":     answerSteward,
			"facilitator_named": answerFacilitator,
		},
		notices: map[domain.NoticeKind]notifier{domain.NoticeDigest: noticeDigest},
	}
}

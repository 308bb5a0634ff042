//! The promises with their present states, as pages show them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use obhut_core::{id::Anchor, model::Lang, promise::State};
use obhut_engine::{promises::Promise, prove::Entry};
use obhut_policy::notice::html::Annotation;

use super::words;
use crate::{app::App, texts::Texts, views::Moment};

/// The states at one moment.
pub(super) struct Ledger<'a> {
    app: &'a App,
    entries: BTreeMap<String, Entry>,
    lang: Lang,
}

/// A promise with its state.
pub(super) struct Line<'a> {
    /// The promise.
    pub promise: &'a Promise,
    /// Its state.
    pub state: State,
    /// One line of evidence.
    pub evidence: String,
    /// How many checks looked at something.
    pub checks: u64,
    /// Since when it has this state.
    pub since: Option<Timestamp>,
    /// When it was last checked.
    pub checked: Option<Timestamp>,
    /// Whether real data was looked at.
    pub live: bool,
}

impl<'a> Ledger<'a> {
    /// The states as they are now.
    pub(super) fn of(app: &'a App, lang: Lang) -> Self {
        Self { app, entries: app.board.entries(), lang }
    }

    /// All promises.
    pub(super) fn lines(&self) -> Vec<Line<'a>> {
        self.app.promises.iter().map(|promise| self.line(promise)).collect()
    }

    fn line(&self, promise: &'a Promise) -> Line<'a> {
        let entry = self.entries.get(&promise.id);
        let standing = entry.map(|entry| entry.standing.clone()).unwrap_or_default();
        let evidence = match promise.unproven(self.lang) {
            Some(reason) => reason.to_owned(),
            None => words::evidence(&standing.evidence, self.lang),
        };
        let looked = entry.filter(|_| standing.checks > 0);
        Line {
            promise,
            state: standing.state,
            evidence,
            checks: standing.checks,
            since: looked.map(|entry| entry.since),
            checked: looked.map(|entry| entry.checked),
            live: entry.is_some_and(|entry| entry.live),
        }
    }

    /// What stands beside the sentence with this anchor: the worst state of the promises that it makes.
    pub(super) fn annotation(&self, anchor: &Anchor) -> Option<Annotation> {
        let t = Texts(self.lang);
        let lines: Vec<_> = self
            .app
            .promises
            .iter()
            .filter(|promise| promise.makes.contains(anchor))
            .map(|promise| self.line(promise))
            .collect();
        let worst = lines.iter().rev().max_by_key(|line| line.state)?;
        let now = self.app.engine.now();
        let zone = &self.app.engine.model().policy.zone;
        let mut evidence = worst.evidence.clone();
        if let Some(at) = worst.checked {
            let ago = Moment::ago(at, now, zone, self.lang);
            evidence = format!("{evidence} · {} {}", t.checked(), ago.text());
        }
        let detail = lines.iter().map(|line| {
            let text = line.promise.text.get(self.lang);
            let (state, proof) = (t.state(line.state), t.proof(line.promise.proof));
            format!("{} · {text} · {state} ({proof}): {}", line.promise.id, line.evidence)
        });
        Some(Annotation {
            state: worst.state,
            word: t.state(worst.state).to_owned(),
            evidence,
            detail: detail.collect(),
            href: Some(format!("/status?lang={}#{}", self.lang.tag(), worst.promise.id)),
        })
    }
}

/// How many are kept, broken, unproven.
pub(super) fn count<'l, 'a: 'l>(lines: impl IntoIterator<Item = &'l Line<'a>>) -> (u64, u64, u64) {
    lines.into_iter().fold((0, 0, 0), |(kept, broken, unproven), line| match line.state {
        State::Kept => (kept + 1, broken, unproven),
        State::Broken => (kept, broken + 1, unproven),
        State::Unproven => (kept, broken, unproven + 1),
    })
}

//! The status page: every promise and every job, with its state.

use askama::Template;
use obhut_core::promise::{Proof, State};

use super::{Moment, Page};

/// Every promise of the deployment with its state, then the jobs that keep them.
#[derive(Debug, Clone, Template)]
#[template(path = "status.html")]
pub struct StatusPage {
    /// Frame.
    pub page: Page,
    /// Since when the oldest broken promise is broken.
    pub broken_since: Option<Moment>,
    /// When the last check ran.
    pub checked: Option<Moment>,
    /// The promises by chapter.
    pub chapters: Vec<Chapter>,
    /// The periodic jobs.
    pub jobs: Vec<JobLine>,
    /// The same for machines (JSON).
    pub file: Option<String>,
    /// The version of the policy.
    pub version: String,
    /// Its hash, 64 hexadecimal digits.
    pub hash: String,
}

/// A chapter of promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chapter {
    /// Its heading: "Löschung".
    pub title: String,
    /// Its promises.
    pub promises: Vec<PromiseLine>,
}

/// A promise with its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromiseLine {
    /// Its stable id, the anchor of the line.
    pub id: String,
    /// The sentence.
    pub sentence: String,
    /// The state.
    pub state: State,
    /// How it is proven.
    pub proof: Proof,
    /// One line of evidence.
    pub evidence: String,
    /// Since when it is in this state.
    pub since: Option<Moment>,
    /// When it was last checked.
    pub checked: Option<Moment>,
    /// How many checks looked at something.
    pub checks: u64,
    /// Where the sentence stands in the notice.
    pub notice: Option<String>,
    /// The worst state of each of the last days, oldest first; none for a day without a check. Empty: no strip.
    pub days: Vec<Option<State>>,
    /// It changed with the last move of the demo clock.
    pub fresh: bool,
}

/// A stretch of days with one state.
struct Stretch {
    from: usize,
    len: usize,
    y: u8,
    height: u8,
    class: &'static str,
}

impl PromiseLine {
    /// The days as stretches: kept is a full bar, broken rises above it, unproven is low. Readable without colour.
    fn stretches(&self) -> Vec<Stretch> {
        let mut stretches: Vec<Stretch> = Vec::new();
        for (day, state) in self.days.iter().enumerate() {
            let (class, y, height) = match state {
                Some(State::Kept) => ("kept", 4, 8),
                Some(State::Broken) => ("broken", 0, 16),
                Some(State::Unproven) => ("unproven", 10, 2),
                None => continue,
            };
            match stretches.last_mut() {
                Some(last) if last.class == class && last.from + last.len == day => last.len += 1,
                _ => stretches.push(Stretch { from: day, len: 1, y, height, class }),
            }
        }
        stretches
    }

    fn days_in(&self, state: State) -> usize {
        self.days.iter().filter(|day| **day == Some(state)).count()
    }
}

/// A periodic job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobLine {
    /// What it does: "Fällige Daten löschen".
    pub name: String,
    /// How often, in words: "alle 5 Minuten".
    pub every: String,
    /// Its last run.
    pub last: Option<Moment>,
    /// Its next run.
    pub next: Option<Moment>,
    /// How many things the last run acted upon.
    pub acted: u64,
    /// It should have run and did not.
    pub late: bool,
    /// It ran with the last move of the demo clock.
    pub fresh: bool,
}

impl StatusPage {
    fn number(&self, state: State) -> u64 {
        self.chapters.iter().flat_map(|chapter| &chapter.promises).map(|line| u64::from(line.state == state)).sum()
    }

    fn worst(&self) -> State {
        if self.number(State::Broken) > 0 {
            State::Broken
        } else if self.number(State::Kept) > 0 {
            State::Kept
        } else {
            State::Unproven
        }
    }

    fn headline(&self) -> String {
        let numbers = (self.number(State::Kept), self.number(State::Broken), self.number(State::Unproven));
        self.page.t().standing(numbers)
    }

    fn short_hash(&self) -> &str {
        self.hash.get(..12).unwrap_or(&self.hash)
    }
}

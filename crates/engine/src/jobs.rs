//! Periodic work: the sweep on its grid, visible, caught up if it was missed, and the movable clock that plays it.

use jiff::Timestamp;
use obhut_core::{change::JobRun, clock::ManualClock};

use crate::{Engine, Error};

/// The name of the sweep in the job table.
pub const SWEEP: &str = "sweep";

/// What a sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SweepReport {
    /// How many people's records were due.
    pub people: u64,
    /// How many records went by their own rule.
    pub records: u64,
    /// How many other people went with them.
    pub cascaded: u64,
    /// People whose data was due and is still there although the sweep acted on it: something is wrong with the
    /// storage, and a promise is about to break.
    pub stuck: u64,
}

impl SweepReport {
    pub(crate) fn add(&mut self, other: &Self) {
        self.people += other.people;
        self.records += other.records;
        self.cascaded += other.cascaded;
        self.stuck = self.stuck.max(other.stuck);
    }
}

impl Engine {
    /// The first instant of the sweep's grid that is not before `at`. Runs lie on the grid of whole intervals, so
    /// every window of one interval contains a run.
    pub fn sweep_at_or_after(&self, at: Timestamp) -> Timestamp {
        let interval = self.sweep_micros();
        let micros = at.as_microsecond();
        let next = micros.div_euclid(interval) * interval;
        let next = if next < micros { next + interval } else { next };
        Timestamp::from_microsecond(next).unwrap_or(Timestamp::MAX)
    }

    /// Runs the sweep and notes it. The scheduler calls this at every instant of the grid.
    pub async fn run_sweep(&self) -> Result<SweepReport, Error> {
        let report = self.sweep().await?;
        let at = self.now();
        let next = self.sweep_at_or_after(Timestamp::from_microsecond(at.as_microsecond() + 1).unwrap_or(at));
        let acted = report.people + report.cascaded;
        self.note_sweep(JobRun { job: SWEEP.into(), at, next, acted }).await?;
        Ok(report)
    }

    /// Moves a manual clock to `target` and runs every sweep on the way at its own instant. Runs that would find
    /// nothing due are skipped: they change nothing but the job table, which the last run sets.
    pub async fn play(&self, clock: &ManualClock, target: Timestamp) -> Result<SweepReport, Error> {
        let mut report = SweepReport::default();
        while let Some(due) = self.store.next_due().await? {
            let run = self.sweep_at_or_after(due.max(self.now()));
            if run > target {
                break;
            }
            clock.advance_to(run);
            let swept = self.sweep().await?;
            report.add(&swept);
            if swept.stuck > 0 {
                break;
            }
        }
        clock.advance_to(target);
        let last = self.sweep_at_or_after(target);
        if last == target {
            report.add(&self.sweep().await?);
        }
        let acted = report.people + report.cascaded;
        self.note_sweep(JobRun { job: SWEEP.into(), at: self.now(), next: last, acted }).await?;
        Ok(report)
    }

    fn sweep_micros(&self) -> i64 {
        let zone = jiff::tz::TimeZone::UTC;
        let start = Timestamp::UNIX_EPOCH;
        self.model.policy.sweep.after(start, &zone).as_microsecond().max(1_000_000)
    }
}

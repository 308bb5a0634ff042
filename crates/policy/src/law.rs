//! Deadlines of data protection laws beside the GDPR, as data: one row for each, with its source.
//!
//! A policy names the law that protects an audience; how long an answer may take is said here, once for all policies. The
//! rows are as researched by [`AS_OF`] from the sources they name.

use jiff::civil::{Date, date};
use obhut_core::model::Law;

/// The day by which the rows were researched.
pub const AS_OF: Date = date(2026, 11, 23);

/// What has to happen in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The receipt of a request is confirmed.
    Confirm,
    /// A request is answered.
    Answer,
    /// An objection to the sale or sharing of data takes effect.
    OptOut,
}

/// How days are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Days from Monday to Friday without public holidays.
    BusinessDays(u16),
    /// Days of the calendar.
    Days(u16),
    /// Months of the calendar.
    Months(u16),
}

/// One deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// For what.
    pub step: Step,
    /// How long, from receipt.
    pub within: Count,
    /// By how much it can be extended, once.
    pub extension: Option<Count>,
    /// The provisions, as the law is cited in German and in English.
    pub source: (&'static str, &'static str),
}

const CH_DSG: &[Deadline] = &[Deadline {
    step: Step::Answer,
    within: Count::Days(30),
    extension: None,
    source: ("Art. 25 Abs. 7 DSG, Art. 18 DSV", "Article 25(7) FADP, Article 18 of the Data Protection Ordinance"),
}];

const CCPA: &[Deadline] = &[
    Deadline {
        step: Step::Confirm,
        within: Count::BusinessDays(10),
        extension: None,
        source: ("Cal. Code Regs. tit. 11, § 7021(a)", "Cal. Code Regs. tit. 11, § 7021(a)"),
    },
    Deadline {
        step: Step::Answer,
        within: Count::Days(45),
        extension: Some(Count::Days(45)),
        source: ("Cal. Code Regs. tit. 11, § 7021(b)", "Cal. Code Regs. tit. 11, § 7021(b)"),
    },
    Deadline {
        step: Step::OptOut,
        within: Count::BusinessDays(15),
        extension: None,
        source: ("Cal. Code Regs. tit. 11, § 7026(f)", "Cal. Code Regs. tit. 11, § 7026(f)"),
    },
];

const UK_GDPR: &[Deadline] = &[Deadline {
    step: Step::Answer,
    within: Count::Months(1),
    extension: Some(Count::Months(2)),
    source: ("Art. 12 Abs. 3 UK GDPR", "Article 12(3) UK GDPR"),
}];

/// The deadlines of a law, in the order in which they pass.
pub const fn deadlines(law: Law) -> &'static [Deadline] {
    match law {
        Law::ChDsg => CH_DSG,
        Law::Ccpa => CCPA,
        Law::UkGdpr => UK_GDPR,
    }
}

/// The provision that forbids to treat people worse because they used a right, where a law has one of its own.
pub const fn no_discrimination(law: Law) -> Option<&'static str> {
    match law {
        Law::Ccpa => Some("Cal. Civ. Code § 1798.125"),
        Law::ChDsg | Law::UkGdpr => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_law_has_an_answer_in_time_and_no_step_twice() {
        for (_, law) in Law::WORDS {
            let steps: Vec<_> = deadlines(*law).iter().map(|deadline| deadline.step).collect();
            assert!(steps.contains(&Step::Answer), "{law:?}");
            assert!(steps.iter().all(|step| steps.iter().filter(|other| *other == step).count() == 1), "{law:?}");
        }
        let answer = |law| deadlines(law).iter().find(|deadline| deadline.step == Step::Answer).map(|it| it.within);
        assert_eq!(answer(Law::ChDsg), Some(Count::Days(30)));
        assert_eq!(answer(Law::Ccpa), Some(Count::Days(45)));
        assert_eq!(answer(Law::UkGdpr), Some(Count::Months(1)));
    }
}

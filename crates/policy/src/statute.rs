//! How long the law demands, or allows, that data is kept: periods as data, each with its source and the day on which
//! it was looked up.
//!
//! The periods are those of German law, under which the policies of this format are written. They serve the checks: a
//! rule that is longer than every statute it can name is a warning, one that is shorter than a statutory duty an error.
//! They are no legal advice, and a change of the law is a change of this table.

use jiff::civil::{Date, date};
use obhut_core::period::{Period, Unit};

/// What a period is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// Books, inventories, annual accounts.
    Books,
    /// Invoices and other vouchers.
    Vouchers,
    /// Commercial and business letters.
    Letters,
    /// Claims under a contract.
    Claims,
    /// Consent to advertising by telephone.
    AdvertisingConsent,
    /// Applications for a job.
    Applications,
}

/// A period of the law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statute {
    /// What it is about.
    pub subject: Subject,
    /// The provisions, as German law cites them.
    pub law: &'static str,
    /// How long.
    pub period: Period,
    /// Whether it starts with the close of the calendar year.
    pub from_end_of_year: bool,
    /// Whether the law demands it (Art. 17(3)(b)); otherwise it only gives a reason to keep data that long.
    pub duty: bool,
    /// The day since which it is this long, if an earlier one was longer.
    pub since: Option<Date>,
    /// Where that stands.
    pub source: &'static str,
    /// The day on which it was looked up.
    pub checked: Date,
}

const CHECKED: Date = date(2026, 11, 23);

const fn years(count: u16) -> Period {
    Period::new(count, Unit::Year)
}

/// All periods.
pub const STATUTES: [Statute; 6] = [
    Statute {
        subject: Subject::Books,
        law: "§ 147 Abs. 1 Nr. 1, 4a, Abs. 3 AO, § 257 Abs. 1 Nr. 1, Abs. 4 HGB",
        period: years(10),
        from_end_of_year: true,
        duty: true,
        since: None,
        source: "s. 147(3), (4) AO, s. 257(4), (5) HGB",
        checked: CHECKED,
    },
    Statute {
        subject: Subject::Vouchers,
        law: "§ 147 Abs. 1 Nr. 4, Abs. 3 AO, § 257 Abs. 1 Nr. 4, Abs. 4 HGB, § 14b Abs. 1 UStG",
        period: years(8),
        from_end_of_year: true,
        duty: true,
        since: Some(date(2025, 1, 1)),
        source: "s. 147(3) AO, s. 257(4) HGB, s. 14b(1) UStG as amended by the Fourth Bureaucracy Relief Act (BEG IV) of \
                 23 October 2024",
        checked: CHECKED,
    },
    Statute {
        subject: Subject::Letters,
        law: "§ 147 Abs. 1 Nr. 2, 3, 5, Abs. 3 AO, § 257 Abs. 1 Nr. 2, 3, Abs. 4 HGB",
        period: years(6),
        from_end_of_year: true,
        duty: true,
        since: None,
        source: "s. 147(3), (4) AO, s. 257(4), (5) HGB",
        checked: CHECKED,
    },
    Statute {
        subject: Subject::Claims,
        law: "§§ 195, 199 BGB",
        period: years(3),
        from_end_of_year: true,
        duty: false,
        since: None,
        source: "s. 195, s. 199(1) BGB: the standard limitation period",
        checked: CHECKED,
    },
    Statute {
        subject: Subject::AdvertisingConsent,
        law: "§ 7a UWG",
        period: years(5),
        from_end_of_year: false,
        duty: true,
        since: None,
        source: "s. 7a(2) UWG: five years from the consent and from each use of it",
        checked: CHECKED,
    },
    // Two months to raise a claim, three more to sue, and the time that letters take: six months are usual.
    Statute {
        subject: Subject::Applications,
        law: "§ 15 Abs. 4 AGG, § 61b Abs. 1 ArbGG",
        period: Period::new(6, Unit::Month),
        from_end_of_year: false,
        duty: false,
        since: None,
        source: "s. 15(4) AGG: two months; s. 61b(1) ArbGG: three more; six months are usual",
        checked: CHECKED,
    },
];

/// The period about a subject.
pub fn about(subject: Subject) -> Option<&'static Statute> {
    STATUTES.iter().find(|statute| statute.subject == subject)
}

/// The longest period that the provisions cited in `law` demand of anything: of the tax and commercial codes ten years.
/// None where the citation is of another law.
pub fn longest_duty(law: &str) -> Option<&'static Statute> {
    let cites = |section: &str, code: &str| {
        law.contains(code) && law.split(|c: char| !c.is_alphanumeric()).any(|word| word == section)
    };
    if cites("147", "AO") || cites("257", "HGB") {
        return about(Subject::Books);
    }
    if cites("14b", "UStG") {
        return about(Subject::Vouchers);
    }
    cites("7a", "UWG").then(|| about(Subject::AdvertisingConsent)).flatten()
}

/// A citation that the law has outdated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outdated {
    /// How it was cited.
    pub cited: &'static str,
    /// What stands there now.
    pub now: &'static str,
    /// Since when.
    pub since: Date,
    /// By which act.
    pub source: &'static str,
}

/// Citations of German law that were right once.
pub const OUTDATED: [Outdated; 4] = [
    Outdated {
        cited: "§ 7 Abs. 2 Nr. 3 UWG",
        now: "§ 7 Abs. 2 Nr. 2 UWG",
        since: date(2022, 5, 28),
        source: "act to strengthen consumer protection in competition law of 10 August 2021",
    },
    Outdated {
        cited: "TTDSG",
        now: "TDDDG",
        since: date(2024, 5, 14),
        source: "act of 6 May 2024 on implementing the Digital Services Act, BGBl. 2024 I no. 149",
    },
    Outdated {
        cited: "TMG",
        now: "DDG",
        since: date(2024, 5, 14),
        source: "act of 6 May 2024 on implementing the Digital Services Act, BGBl. 2024 I no. 149",
    },
    Outdated {
        cited: "Telemediengesetz",
        now: "DDG",
        since: date(2024, 5, 14),
        source: "act of 6 May 2024 on implementing the Digital Services Act, BGBl. 2024 I no. 149",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_subject_has_one_period_that_was_looked_up() {
        for statute in &STATUTES {
            assert_eq!(STATUTES.iter().filter(|other| other.subject == statute.subject).count(), 1, "{}", statute.law);
            assert!(statute.checked >= date(2026, 11, 23) && !statute.source.is_empty());
        }
        assert_eq!(about(Subject::Vouchers).unwrap().period, years(8));
    }

    #[test]
    fn a_citation_is_understood() {
        for (law, expected) in [
            ("§ 147 AO, § 257 HGB", Some(years(10))),
            ("§ 14b UStG", Some(years(8))),
            ("§ 7a UWG", Some(years(5))),
            ("Art. 7 Abs. 1 DSGVO", None),
            ("§ 1147 AO", None),
            ("", None),
        ] {
            assert_eq!(longest_duty(law).map(|statute| statute.period), expected, "{law}");
        }
    }
}

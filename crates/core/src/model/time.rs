//! How long: `[event."a.b"]`, `[retain.X]`, `[hold.X]`.

use super::{Text, word::words_of_the_format};
use crate::{
    id::{ClassName, ConsentName, EventName, FactName, PurposeName},
    period::Period,
    rule::Rule,
};

/// `[event."a.b"]`. The phrases continue a sentence: "14 Tage nach *der letzten Aktivität des Käufers*".
#[derive(Debug, Clone)]
pub struct Event {
    /// What happened: German in the dative ("dem Ende der Mitgliedschaft"), English as a noun phrase.
    pub phrase: Text,
    /// The newest occurrence, for `last E`.
    pub last: Option<Text>,
    /// It also happens by itself, at the date of this rule.
    pub derived: Option<Rule>,
    /// It also happens with each withdrawal of this consent.
    pub withdrawal: Option<ConsentName>,
}

/// What holds between the start event and the due date.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Meanwhile {
    /// Restricted (Art. 18).
    Restrict,
    /// Only handed out to the one it belongs to.
    ExportOnly,
    /// Used for this purpose only.
    Only(PurposeName),
}

/// `[retain.X]`: how long.
#[derive(Debug, Clone)]
pub struct Retention {
    /// The classes.
    pub data: Vec<ClassName>,
    /// Only for records with these facts.
    pub when: Option<Condition>,
    /// The stages in order; the last one erases or anonymises.
    pub stages: Vec<Stage>,
    /// While this consent is given, nothing is due.
    pub unless: Option<ConsentName>,
    /// An event that undoes everything before it.
    pub cancel: Option<EventName>,
    /// What holds while the date is set but not reached.
    pub meanwhile: Option<Meanwhile>,
    /// Leave a content-free receipt (accountability, Art. 5(2)).
    pub leaves_proof: bool,
    /// Classes that go with it: of the same person, or, if the person is a tenant, of all its people.
    pub cascade: Vec<ClassName>,
    /// The statute that demands it, if one does.
    pub law: Option<String>,
}

/// One stage of a retention rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// When.
    pub rule: Rule,
    /// What happens then.
    pub action: Action,
}

/// `when = "contract and not invoice"`: a condition over the facts of a record.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Condition {
    /// The fact holds.
    Fact(FactName),
    /// The condition does not hold.
    Not(Box<Condition>),
    /// Both hold.
    And(Box<Condition>, Box<Condition>),
    /// One of them holds.
    Or(Box<Condition>, Box<Condition>),
}

impl Condition {
    /// Whether it holds, given the facts that are true.
    pub fn holds(&self, fact: &dyn Fn(&FactName) -> bool) -> bool {
        match self {
            Self::Fact(name) => fact(name),
            Self::Not(inner) => !inner.holds(fact),
            Self::And(left, right) => left.holds(fact) && right.holds(fact),
            Self::Or(left, right) => left.holds(fact) || right.holds(fact),
        }
    }

    /// The facts it asks for.
    pub fn facts(&self) -> Vec<&FactName> {
        match self {
            Self::Fact(name) => vec![name],
            Self::Not(inner) => inner.facts(),
            Self::And(left, right) | Self::Or(left, right) => left.facts().into_iter().chain(right.facts()).collect(),
        }
    }
}

/// `[hold.X]`: a statute or a dispute that keeps data past its date.
#[derive(Debug, Clone)]
pub struct Hold {
    /// The classes it keeps.
    pub data: Vec<ClassName>,
    /// The one purpose it restricts them to.
    pub purpose: PurposeName,
    /// The statute, or the kind of dispute, for people.
    pub ground: Text,
    /// What it is, and when it ends.
    pub kind: HoldKind,
}

/// What a hold is, and when it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HoldKind {
    /// A dispute: placed by a person (Art. 17(3)(e)).
    Dispute {
        /// The longest it lasts.
        until: Period,
    },
    /// A statute: it holds by itself (Art. 17(3)(b)).
    Statute {
        /// Which one.
        law: String,
        /// Until when.
        rule: Rule,
    },
}

words_of_the_format! {
    /// What happens to data whose period ended.
    pub enum Action {
        /// Stored, but used only on the named grounds (Art. 18).
        Restrict = "restrict",
        /// Replaced by random values.
        Anonymise = "anonymise",
        /// Erased (Art. 17).
        Erase = "erase",
    }
}

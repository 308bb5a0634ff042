//! What and why: `[data.X]`, `[purpose.X]`, `[consent.X]`, `[automated_decisions]`.

use super::{Text, word::words_of_the_format};
use crate::{
    id::{AudienceName, ClassName, ConsentName, EventName, FieldName, PurposeName, RoleName},
    period::Period,
    rule::Rule,
};

/// Where data comes from (Art. 14(2)(f)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The person.
    Subject,
    /// It arises with us (an invoice, a log line).
    Own,
    /// Someone else.
    Third {
        /// Who.
        name: Text,
        /// Whether everybody can look there.
        public: bool,
    },
}

/// `[data.X]`: a data class, the unit of retention, sealing and access.
#[derive(Debug, Clone)]
pub struct DataClass {
    /// Whose data it is.
    pub audience: AudienceName,
    /// The fields, in the order of the notice.
    pub fields: Vec<FieldName>,
    /// Where it comes from.
    pub source: Source,
    /// Whether it has to be given.
    pub needed: Needed,
    /// What follows if it is not given (Art. 13(2)(e)), where that is not what follows anyway.
    pub consequence: Option<Text>,
    /// The fields are refused unless another field of the same submission has this value.
    pub only_if: Option<OnlyIf>,
    /// A field by whose (blindly indexed) value the person is found again, and which is the person's identity within
    /// the tenant: two submissions with the same value are the same person.
    pub identity: Option<FieldName>,
    /// Whether a statute demands that it is kept (Art. 17(3)(b)): it lies under the person's statutory key.
    pub statutory: bool,
    /// The special category it belongs to (Art. 9, 10), if it does.
    pub special: Option<Special>,
    /// What it is, for people.
    pub label: Text,
}

/// `only_if = "payment_method = debit"`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OnlyIf {
    /// The class that has the field.
    pub class: ClassName,
    /// The field.
    pub field: FieldName,
    /// The value it must have.
    pub equals: String,
}

/// Legal basis (Art. 6(1)).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Basis {
    /// (b) contract.
    Contract,
    /// (c) legal obligation, with the statute.
    Law(String),
    /// (f) legitimate interest, stated (Art. 13(1)(d)).
    Interest(Text),
    /// (a) consent.
    Consent(ConsentName),
    /// (d) vital interests.
    Vital,
    /// (e) public task.
    Public,
}

/// `[purpose.X]`.
#[derive(Debug, Clone)]
pub struct Purpose {
    /// The classes it needs.
    pub data: Vec<ClassName>,
    /// Only these fields, if the purpose does not need whole classes.
    pub fields: Option<Vec<FieldName>>,
    /// Why that is lawful.
    pub basis: Basis,
    /// Why special categories may be processed (Art. 9(2)).
    pub exception: Option<Exception>,
    /// Who acts for it.
    pub roles: Vec<RoleName>,
    /// An event without which nothing is read.
    pub requires: Option<EventName>,
    /// Until when the newest such event opens it; what happened before that event does not count. Without it, for ever.
    pub until: Option<Rule>,
    /// Handing the data over to the one it belongs to (Art. 15, 20, 28(3)(g)): open also while data is only kept for
    /// export or on consent.
    pub export: bool,
    /// Direct marketing: an objection ends it without weighing (Art. 21(2), (3)).
    pub marketing: bool,
    /// Profiling (Art. 4(4)).
    pub profiling: bool,
    /// Why no objection is possible (Art. 21(1)), where none is.
    pub objection: Option<Text>,
    /// Reference of the document that weighs the interests.
    pub balance: Option<String>,
    /// For what, for people.
    pub label: Text,
}

/// `[consent.X]`.
#[derive(Debug, Clone)]
pub struct Consent {
    /// Who is asked.
    pub audiences: Vec<AudienceName>,
    /// How.
    pub method: Method,
    /// On which form.
    pub asked_on: String,
    /// The declaration, versioned by its hash.
    pub text: Text,
    /// After how long it must be asked again.
    pub expires: Option<Period>,
    /// With double opt-in: after how long an unconfirmed entry goes.
    pub confirm_within: Option<Period>,
    /// The class that holds the evidence.
    pub proof: Option<ClassName>,
    /// How it is withdrawn (Art. 7(3)).
    pub withdraw: Vec<Withdraw>,
}

/// `[automated_decisions]`.
#[derive(Debug, Clone)]
pub struct AutomatedDecisions {
    /// Whether there are any (Art. 22).
    pub used: bool,
    /// For which purpose, where there are.
    pub purpose: Option<PurposeName>,
    /// The role of the human who reviews (Art. 22(3)).
    pub review: Option<RoleName>,
    /// Logic, significance and consequences; or that there are none.
    pub text: Text,
}

words_of_the_format! {
    /// Whether a person has to give data, and why (Art. 13(2)(e)).
    pub enum Needed {
        /// For the contract: without it there is none.
        Contract = "contract",
        /// By law.
        Law = "law",
        /// Not at all.
        No = "no",
    }

    /// A special category of personal data (Art. 9(1)), or data on criminal convictions (Art. 10).
    pub enum Special {
        /// Health.
        Health = "health",
        /// Biometric data that identifies a person.
        Biometric = "biometric",
        /// Genetic data.
        Genetic = "genetic",
        /// Religious or philosophical beliefs.
        Religion = "religion",
        /// Political opinions.
        Politics = "politics",
        /// Membership of a trade union.
        Union = "union",
        /// Racial or ethnic origin.
        Ethnic = "ethnic",
        /// Sex life or sexual orientation.
        SexLife = "sex-life",
        /// Criminal convictions and offences.
        Criminal = "criminal",
    }

    /// Why a special category may be processed (Art. 9(2)).
    pub enum Exception {
        /// (a) explicit consent.
        ExplicitConsent = "explicit-consent",
        /// (b) employment and social law.
        Employment = "employment",
        /// (c) vital interests.
        Vital = "vital",
        /// (e) manifestly made public by the person.
        PublicBySubject = "public-by-subject",
        /// (f) legal claims.
        Claims = "claims",
        /// (g) substantial public interest.
        PublicInterest = "public-interest",
        /// (h) health care.
        HealthCare = "health-care",
        /// (j) archiving, research, statistics.
        Research = "research",
    }

    /// How consent is asked.
    pub enum Method {
        /// A box that the person ticks; never ticked before.
        OptIn = "opt-in",
        /// The box, and a confirmation by mail.
        DoubleOptIn = "double-opt-in",
    }

    /// How consent is withdrawn.
    pub enum Withdraw {
        /// On a page.
        Page = "page",
        /// By deleting the account.
        Account = "account",
        /// By a link in each message.
        Link = "link",
        /// By e-mail.
        Email = "email",
    }
}

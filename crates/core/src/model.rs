//! The resolved policy: every name linked, every period parsed, complete by the checks of the policy crate.
//!
//! This is what decisions, rendering and jobs ask. It holds no source positions; the policy crate keeps those. Tables
//! keep the order in which the file declares them, because the notice is read in that order.

use indexmap::IndexMap;
use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{
    id::{
        AudienceName, ChannelName, ClassName, ConsentName, CookieName, EventName, FactName, FieldName, HoldName,
        PurposeName, RecipientName, RetentionName, RoleName,
    },
    period::Period,
    retention::Due,
    rule::{Anchoring, Rule},
};

/// A language of the notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// German.
    De,
    /// English.
    En,
}

impl Lang {
    /// Both languages, the reference language first.
    pub const ALL: [Self; 2] = [Self::De, Self::En];

    /// The language tag (RFC 5646), as in `lang="de"`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::De => "de",
            Self::En => "en",
        }
    }
}

/// A text a person sees, in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Text {
    /// German.
    pub de: String,
    /// English.
    pub en: String,
}

impl Text {
    /// The text in `lang`.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::De => &self.de,
            Lang::En => &self.en,
        }
    }
}

/// SHA-256 of the canonical form of a policy: the version that notices, consents and audit records refer to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct PolicyHash(pub [u8; 32]);

impl std::fmt::Display for PolicyHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::str::FromStr for PolicyHash {
    type Err = InvalidHash;

    fn from_str(text: &str) -> Result<Self, InvalidHash> {
        let mut bytes = [0; 32];
        if text.len() != 64 {
            return Err(InvalidHash);
        }
        for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| InvalidHash)?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| InvalidHash)?;
        }
        Ok(Self(bytes))
    }
}

/// The text is not a policy hash: 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a policy hash: expected 64 hexadecimal digits")]
pub struct InvalidHash;

impl Serialize for PolicyHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PolicyHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl std::fmt::Debug for PolicyHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

/// The whole policy of one deployment.
#[derive(Debug, Clone)]
pub struct Model {
    /// `[policy]`.
    pub policy: Head,
    /// `[controller]`: who answers for the processing (Art. 13(1)(a)).
    pub controller: Party,
    /// `[dpo]`: the data protection officer (Art. 13(1)(b)).
    pub dpo: Dpo,
    /// `[authority]`: the supervisory authority (Art. 13(2)(d)).
    pub authority: Authority,
    /// `[audience.X]`.
    pub audiences: IndexMap<AudienceName, Audience>,
    /// `[data.X]`: the inventory. What it does not name is refused.
    pub data: IndexMap<ClassName, DataClass>,
    /// `[purpose.X]`.
    pub purposes: IndexMap<PurposeName, Purpose>,
    /// `[consent.X]`.
    pub consents: IndexMap<ConsentName, Consent>,
    /// `[event."a.b"]`.
    pub events: IndexMap<EventName, Event>,
    /// `[retain.X]`.
    pub retentions: IndexMap<RetentionName, Retention>,
    /// `[hold.X]`.
    pub holds: IndexMap<HoldName, Hold>,
    /// `[recipient.X]`.
    pub recipients: IndexMap<RecipientName, Recipient>,
    /// `[disclosure]`.
    pub disclosure: Disclosure,
    /// `[role.X]`.
    pub roles: IndexMap<RoleName, Role>,
    /// `[message.X]`.
    pub messages: IndexMap<ChannelName, Channel>,
    /// `[cookie.X]`.
    pub cookies: IndexMap<CookieName, Cookie>,
    /// `[log.X]`: what server logs may hold, by audience.
    pub logs: IndexMap<AudienceName, Log>,
    /// `[storage]`: where the data lies.
    pub storage: Storage,
    /// `[export]`.
    pub export: Export,
    /// `[rights]` (Art. 15-22).
    pub rights: Rights,
    /// `[automated_decisions]` (Art. 13(2)(f), 22): the text that states that there are none, or their logic.
    pub automated_decisions: AutomatedDecisions,
}

/// `[policy]`.
#[derive(Debug, Clone)]
pub struct Head {
    /// Short name of the deployment.
    pub id: String,
    /// Version of the notice, for people.
    pub version: String,
    /// The day from which this version applies.
    pub valid_from: Date,
    /// The languages in which it is published.
    pub languages: Vec<Lang>,
    /// The calendar on which periods run.
    pub zone: TimeZone,
    /// How often due records are handled. A sweep takes everything whose window has opened.
    pub sweep: Period,
    /// How long a material change is announced before it applies.
    pub announce: Option<Period>,
    /// Where the notice is published.
    pub notice_url: String,
    /// Hash of the canonical form.
    pub hash: PolicyHash,
}

/// A company or person with an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Name with legal form.
    pub name: String,
    /// Postal address on one line.
    pub address: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// E-mail address for privacy matters.
    pub email: String,
    /// Telephone, if given.
    pub phone: Option<String>,
    /// Contact page, if there is one.
    pub contact_url: Option<String>,
}

/// `[dpo]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dpo {
    /// Appointed: how to reach the officer.
    Appointed {
        /// Name or function.
        name: String,
        /// E-mail address.
        email: String,
    },
    /// None, with the reason (s. 38 BDSG).
    NotRequired {
        /// Why none had to be appointed.
        reason: Text,
    },
}

/// `[authority]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    /// Name of the supervisory authority.
    pub name: Text,
    /// Its web address.
    pub url: String,
}

/// How an audience stands to the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// A tenant: a business that uses the service; itself controller towards its people.
    Tenant,
    /// A person whose controller is a tenant; the operator is the processor (Art. 28).
    SubjectOfTenant,
    /// A customer of the operator.
    Customer,
    /// A visitor of the site.
    Visitor,
    /// An applicant for a job.
    Applicant,
    /// A supplier.
    Supplier,
}

/// `[audience.X]`.
#[derive(Debug, Clone)]
pub struct Audience {
    /// How it stands to the operator.
    pub relation: Relation,
    /// The group, plural: "Käufer", "shoppers".
    pub label: Text,
    /// Opening paragraph of the notice for this audience.
    pub intro: Text,
}

/// Where data comes from (Art. 14(2)(f)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The person.
    Subject,
    /// It arises with us (an invoice, a log line).
    Own,
    /// Someone else, named.
    Third(Text),
}

/// Whether a person has to give data, and why (Art. 13(2)(e)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Needed {
    /// For the contract: without it there is none.
    Contract,
    /// By law.
    Law,
    /// Not at all.
    No,
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
    /// The fields are refused unless another field of the same submission has this value.
    pub only_if: Option<OnlyIf>,
    /// A field by whose (blindly indexed) value the person is found again, and which is the person's identity within
    /// the tenant: two submissions with the same value are the same person.
    pub identity: Option<FieldName>,
    /// Whether a statute demands that it is kept (Art. 17(3)(b)): it lies under the person's statutory key.
    pub statutory: bool,
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
    /// Who acts for it.
    pub roles: Vec<RoleName>,
    /// An event without which nothing is read.
    pub requires: Option<EventName>,
    /// Handing the data over to the one it belongs to (Art. 15, 20, 28(3)(g)): open also while data is only kept for
    /// export or on consent.
    pub export: bool,
    /// For what, for people.
    pub label: Text,
}

/// How consent is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// A box that the person ticks; never ticked before.
    OptIn,
    /// The box, and a confirmation by mail.
    DoubleOptIn,
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
}

/// `[event."a.b"]`. The phrases continue a sentence: "14 Tage nach *der letzten Aktivität des Käufers*".
#[derive(Debug, Clone)]
pub struct Event {
    /// What happened: German in the dative ("dem Ende der Mitgliedschaft"), English as a noun phrase.
    pub phrase: Text,
    /// The newest occurrence, for `last E`.
    pub last: Option<Text>,
}

/// What happens to data whose period ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Stored, but used only on the named grounds (Art. 18).
    Restrict,
    /// Replaced by random values.
    Anonymise,
    /// Erased (Art. 17).
    Erase,
}

/// What holds between the start event and the due date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Meanwhile {
    /// Restricted (Art. 18).
    Restrict,
    /// Only handed out to the one it belongs to.
    ExportOnly,
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
    /// The statute, or the kind of dispute.
    pub ground: Text,
    /// The longest it lasts.
    pub until: Period,
}

/// What a recipient is (Art. 4(9), 26, 28).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecipientKind {
    /// Acts on our instructions (Art. 28).
    Processor,
    /// The tenant the person belongs to.
    Tenant,
    /// An authority.
    Authority,
    /// Somebody else.
    Third,
    /// Joint controller (Art. 26).
    Joint,
}

/// `[recipient.X]` (Art. 13(1)(e)(f)).
#[derive(Debug, Clone)]
pub struct Recipient {
    /// What it is.
    pub kind: RecipientKind,
    /// Its name, where it is one company.
    pub name: Option<String>,
    /// ISO 3166-1 alpha-2, where it is one company.
    pub country: Option<String>,
    /// The transfer instrument for a country outside the EEA (Art. 46), and its end.
    pub safeguard: Option<Safeguard>,
    /// The classes it gets.
    pub data: Vec<ClassName>,
    /// Date of the processing agreement (Art. 28(3)).
    pub agreement: Option<Date>,
    /// Only in this case.
    pub only_if: Option<Text>,
    /// How many people must approve each disclosure.
    pub approvals: u8,
    /// What it does, for people.
    pub label: Text,
}

/// A transfer instrument (Art. 45, 46).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Safeguard {
    /// Which one.
    pub name: Text,
    /// Until when it stands.
    pub until: Option<Date>,
}

/// Whether data may go to anyone the policy does not list.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Others {
    /// To nobody else.
    Never,
    /// Only with this explicit agreement of the person.
    WithConsent(ConsentName),
}

/// `[disclosure]`: by audience, whether anyone not listed may get data. An audience it does not name: never.
#[derive(Debug, Clone, Default)]
pub struct Disclosure {
    /// The rule for each audience.
    pub others: IndexMap<AudienceName, Others>,
}

/// On whose behalf a role acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Acts {
    /// Staff of a tenant: sees its own tenant only.
    Tenant,
    /// Staff of the operator.
    Operator,
    /// A program.
    System,
    /// A form that people fill in: it collects and never reads.
    Form,
}

/// `[role.X]`.
#[derive(Debug, Clone)]
pub struct Role {
    /// For whom it acts.
    pub acts: Acts,
    /// What it is, for people.
    pub label: Text,
}

/// Who sends messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sender {
    /// The operator.
    Operator,
    /// The tenant the person belongs to, in its own name.
    Tenant,
}

/// `[message.X]`: who may write to an audience, and why.
#[derive(Debug, Clone)]
pub struct Channel {
    /// Who is written to.
    pub audience: AudienceName,
    /// Who may write.
    pub from: Vec<Sender>,
    /// For these purposes only.
    pub purposes: Vec<PurposeName>,
}

/// `[cookie.X]` (s. 25 TDDDG).
#[derive(Debug, Clone)]
pub struct Cookie {
    /// The name in the `Set-Cookie` header.
    pub name: String,
    /// What for.
    pub purpose: Text,
    /// The consent that allows it; without one it is strictly necessary.
    pub consent: Option<ConsentName>,
    /// Without the consent it is set nonetheless, strictly necessary and only until the browser is closed; the consent
    /// allows it to last.
    pub session: bool,
    /// How long it lives, from its last use.
    pub keep: Rule,
    /// What is in it.
    pub content: Text,
}

/// `[log.X]`: what a server log may hold about an audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Log {
    /// Whether addresses (IP) are kept.
    pub address: bool,
    /// Whether other metadata (browser, referrer) is kept.
    pub metadata: bool,
}

/// `[storage]`: the processor at whose place the data lies.
#[derive(Debug, Clone)]
pub struct Storage {
    /// A recipient of kind processor.
    pub processor: RecipientName,
    /// Country of the place (ISO 3166-1 alpha-2).
    pub country: String,
}

/// `[export]` (Art. 15(3), 20).
#[derive(Debug, Clone)]
pub struct Export {
    /// The file formats.
    pub formats: Vec<ExportFormat>,
}

/// A format of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// RFC 8259.
    Json,
    /// RFC 4180.
    Csv,
}

/// `[rights]`.
#[derive(Debug, Clone)]
pub struct Rights {
    /// How long an answer may take (Art. 12(3)).
    pub deadline: Period,
    /// The e-mail address for requests.
    pub email: String,
    /// A contact page, if there is one.
    pub contact_url: Option<String>,
    /// What a tenant can do itself with its people's data, for people.
    pub tenant_can: Option<Text>,
}

/// `[automated_decisions]`.
#[derive(Debug, Clone)]
pub struct AutomatedDecisions {
    /// Whether there are any (Art. 22).
    pub used: bool,
    /// Logic, significance and consequences; or that there are none.
    pub text: Text,
}

impl Model {
    /// The retention rule that applies to a record of `class` with these facts: exactly one in a checked policy.
    pub fn retention_of(
        &self,
        class: &ClassName,
        fact: &dyn Fn(&FactName) -> bool,
    ) -> Option<(&RetentionName, &Retention)> {
        self.retentions.iter().find(|(_, retention)| {
            retention.data.contains(class) && retention.when.as_ref().is_none_or(|when| when.holds(fact))
        })
    }

    /// Whether only the newest occurrence of `event` matters to any rule: then older ones are not kept, since a trail
    /// of a person's activity is exactly what a short period is meant to avoid (Art. 5(1)(c)).
    pub fn keeps_only_last(&self, event: &EventName) -> bool {
        let anchored_first = |rule: &Rule| {
            rule.events().into_iter().any(|(name, anchoring)| name == event && anchoring == Anchoring::First)
        };
        !self.retentions.values().any(|retention| {
            retention.cancel.as_ref() == Some(event) || retention.stages.iter().any(|stage| anchored_first(&stage.rule))
        })
    }

    /// The window in which a due date is acted upon; see [`Due::window`].
    pub fn window(&self, due: &Due) -> (jiff::Timestamp, jiff::Timestamp) {
        due.window(self.policy.sweep, &self.policy.zone)
    }

    /// The first audience with this relation, if the policy has one.
    pub fn audience_with(&self, relation: Relation) -> Option<(&AudienceName, &Audience)> {
        self.audiences.iter().find(|(_, audience)| audience.relation == relation)
    }

    /// The event that ends a tenant: the one that starts the rule by which a tenant's own data goes and takes its
    /// people's data with it.
    pub fn tenant_end(&self) -> Option<&EventName> {
        self.retentions
            .values()
            .filter(|retention| !retention.cascade.is_empty())
            .filter(|retention| {
                retention
                    .data
                    .iter()
                    .any(|class| self.audience_of(class).is_some_and(|audience| audience.relation == Relation::Tenant))
            })
            .find_map(|retention| retention.stages.first()?.rule.events().first().map(|(event, _)| *event))
    }

    /// The purposes that hand a class over to the one it belongs to.
    pub fn export_purposes(&self, class: &ClassName) -> impl Iterator<Item = &PurposeName> {
        let class = class.clone();
        self.purposes
            .iter()
            .filter(move |(_, purpose)| purpose.export && purpose.data.contains(&class))
            .map(|(name, _)| name)
    }

    /// The audience a class belongs to.
    pub fn audience_of(&self, class: &ClassName) -> Option<&Audience> {
        self.audiences.get(&self.data.get(class)?.audience)
    }
}

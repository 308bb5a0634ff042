//! To whom, and the rights: `[recipient.X]`, `[disclosure]`, `[message.X]`, `[access]`, `[export]`, `[identity.X]`,
//! `[rights]`.

use indexmap::IndexMap;
use jiff::civil::Date;

use super::{Text, word::words_of_the_format};
use crate::{
    id::{AudienceName, ClassName, ConsentName, EventName, FieldName, PurposeName, RecipientName, TopicName},
    period::Period,
    rule::Rule,
};

/// `[recipient.X]` (Art. 13(1)(e)(f)).
#[derive(Debug, Clone)]
pub struct Recipient {
    /// What it is.
    pub kind: RecipientKind,
    /// Its name, where it is one company.
    pub name: Option<String>,
    /// Its postal address on one line, if given.
    pub address: Option<String>,
    /// Its e-mail address, if given.
    pub contact: Option<String>,
    /// ISO 3166-1 alpha-2, where it is one company.
    pub country: Option<String>,
    /// The transfer instrument for a country outside the EEA (Art. 46), and its end.
    pub safeguard: Option<Safeguard>,
    /// The classes it gets.
    pub data: Vec<ClassName>,
    /// Only these fields of them, if it does not get whole classes.
    pub fields: Option<Vec<FieldName>>,
    /// Only for these purposes; none named: for all that use its classes.
    pub purposes: Vec<PurposeName>,
    /// Date of the processing agreement (Art. 28(3)).
    pub agreement: Option<Date>,
    /// The last day of the agreement, if it has one.
    pub agreement_until: Option<Date>,
    /// Further processors it engages (Art. 28(2)).
    pub subprocessors: Vec<String>,
    /// The essence of the arrangement with a joint controller (Art. 26(2)).
    pub arrangement: Option<Text>,
    /// On what the disclosure rests.
    pub ground: Option<DisclosureGround>,
    /// Only in this case.
    pub only_if: Option<Text>,
    /// How many people must approve each disclosure.
    pub approvals: u8,
    /// What it does, for people.
    pub label: Text,
}

/// On what a disclosure rests.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum DisclosureGround {
    /// The contract with the person.
    Contract,
    /// The law.
    Law,
    /// A consent of the person.
    Consent(ConsentName),
    /// A legitimate interest.
    Interest,
    /// Legal claims.
    Claims,
    /// A merger or acquisition.
    Succession,
    /// An instruction of the controller.
    Instruction,
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
    /// Whether it is promised that data is never sold, rented or traded.
    pub never_sold: bool,
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
    /// Whether every message carries a link that ends them.
    pub unsubscribe: bool,
    /// The topics a person can choose.
    pub topics: Vec<TopicName>,
}

/// `[access]`: access of the operator's staff to tenants' data.
#[derive(Debug, Clone, Default)]
pub struct OperatorAccess {
    /// The event, given by the tenant, without which tenants' data is not opened.
    pub instruction: Option<EventName>,
    /// What is noted of each access.
    pub notes: Vec<Noted>,
    /// Within which time the tenant is told.
    pub notify: Option<Period>,
    /// Whether there is access without prior instruction in an emergency.
    pub emergency: Option<bool>,
    /// How often the roles are reviewed.
    pub review: Option<Period>,
    /// After how long an unused permission is withdrawn.
    pub unused: Option<Period>,
}

/// `[export]` (Art. 15(3), 20).
#[derive(Debug, Clone)]
pub struct Export {
    /// The file formats.
    pub formats: Vec<ExportFormat>,
    /// Until when a tenant can export after the end of its contract.
    pub window: Option<Rule>,
    /// How long a download link lives.
    pub link: Option<Period>,
    /// Why data is not transferred directly to another controller (Art. 20(2)); none: it is, where feasible.
    pub no_transfer: Option<Text>,
}

/// `[identity.X]`: how a person is identified for a right (Art. 12(6)).
#[derive(Debug, Clone)]
pub struct Identity {
    /// For which rights.
    pub rights: Vec<Right>,
    /// What is asked.
    pub factors: Vec<Factor>,
    /// How many attempts there are.
    pub tries: Option<u8>,
    /// Who checks, where that is a recipient.
    pub verifier: Option<RecipientName>,
    /// Whether authorised agents are accepted.
    pub agents: bool,
}

/// What identifies a person.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Factor {
    /// The log-in.
    LogIn,
    /// Control of the mailbox: a code or a link sent there.
    Mailbox,
    /// A value that is known.
    Field(FieldName),
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
    /// By which channels requests come.
    pub channels: Vec<RequestChannel>,
    /// Whether answers are only given in writing.
    pub written: bool,
    /// Whether requests of tenants' people that reach us are only forwarded to their tenant.
    pub forwards: bool,
}

words_of_the_format! {
    /// What a recipient is (Art. 4(9), 26, 28).
    pub enum RecipientKind {
        /// Acts on our instructions (Art. 28).
        Processor = "processor",
        /// The tenant the person belongs to.
        Tenant = "tenant",
        /// An authority.
        Authority = "authority",
        /// Somebody else.
        Third = "third",
        /// Joint controller (Art. 26).
        Joint = "joint",
    }

    /// Who sends messages.
    pub enum Sender {
        /// The operator.
        Operator = "operator",
        /// The tenant the person belongs to, in its own name.
        Tenant = "tenant",
    }

    /// What is noted of an access.
    pub enum Noted {
        /// The day.
        Date = "date",
        /// The time.
        Time = "time",
        /// The purpose.
        Purpose = "purpose",
        /// Whose data.
        Subjects = "subjects",
        /// In which role.
        Role = "role",
    }

    /// A format of an export.
    pub enum ExportFormat {
        /// RFC 8259.
        Json = "json",
        /// RFC 4180.
        Csv = "csv",
    }

    /// A right of the person.
    pub enum Right {
        /// Art. 15.
        Access = "access",
        /// Art. 16.
        Rectification = "rectification",
        /// Art. 17.
        Erasure = "erasure",
        /// Art. 18.
        Restriction = "restriction",
        /// Art. 20.
        Portability = "portability",
        /// Art. 21.
        Objection = "objection",
        /// Art. 7(3).
        Withdrawal = "withdrawal",
        /// Of the sale of data (s. 1798.120 Cal. Civ. Code).
        OptOut = "opt-out",
    }

    /// A channel by which requests come.
    pub enum RequestChannel {
        /// E-mail.
        Email = "email",
        /// Post.
        Post = "post",
        /// Telephone.
        Phone = "phone",
        /// Fax.
        Fax = "fax",
        /// A form on the site.
        Form = "form",
        /// The helpdesk.
        Helpdesk = "helpdesk",
        /// The page of the person.
        Portal = "portal",
    }
}

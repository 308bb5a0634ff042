//! Who: `[policy]`, `[controller]`, `[dpo]`, `[authority]`, `[jurisdiction.X]`, `[audience.X]`, `[role.X]`, `[word.X]`.

use jiff::{civil::Date, tz::TimeZone};

use super::{Lang, PolicyHash, Text, word::words_of_the_format};
use crate::{
    id::{AudienceName, PurposeName},
    period::Period,
    rule::MonthDay,
};

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
    /// How it is announced.
    pub announce_by: Vec<AnnounceBy>,
    /// The purposes for which people are written to about it: of each person the first that a channel allows.
    pub announce_for: Vec<PurposeName>,
    /// The first day of the fiscal year; none: the calendar year.
    pub fiscal_year: Option<MonthDay>,
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
    /// Its postal address on one line, if given.
    pub address: Option<String>,
    /// Its e-mail address, if given.
    pub email: Option<String>,
    /// Its telephone, if given.
    pub phone: Option<String>,
}

/// `[jurisdiction.X]`: a law beside the GDPR that protects some audiences; the notice has an annex for it.
#[derive(Debug, Clone)]
pub struct Jurisdiction {
    /// Whom it protects.
    pub audiences: Vec<AudienceName>,
    /// Which law; its deadlines are data of the program.
    pub law: Law,
    /// What applies in addition, for people.
    pub text: Text,
    /// Its authority, where it has one of its own.
    pub authority: Option<Text>,
    /// The web address of that authority.
    pub authority_url: Option<String>,
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

/// `[role.X]`.
#[derive(Debug, Clone)]
pub struct Role {
    /// For whom it acts.
    pub acts: Acts,
    /// What it is, for people.
    pub label: Text,
}

/// `[word.X]`: how a short name without a label is called: a field, a form, a fact, a value, a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// As it stands inside a sentence.
    pub text: Text,
    /// Of a fact: what is said of records without it.
    pub without: Option<Text>,
    /// Of a field: the form of its values; random values have it too.
    pub format: FieldFormat,
}

words_of_the_format! {
    /// How an audience stands to the operator.
    pub enum Relation {
        /// A tenant: a business that uses the service; itself controller towards its people.
        Tenant = "tenant",
        /// A person whose controller is a tenant; the operator is the processor (Art. 28).
        SubjectOfTenant = "subject-of-tenant",
        /// A customer of the operator.
        Customer = "customer",
        /// A visitor of the site.
        Visitor = "visitor",
        /// An applicant for a job.
        Applicant = "applicant",
        /// A supplier.
        Supplier = "supplier",
    }

    /// On whose behalf a role acts.
    pub enum Acts {
        /// Staff of a tenant: sees its own tenant only.
        Tenant = "tenant",
        /// Staff of the operator.
        Operator = "operator",
        /// A program.
        System = "system",
        /// A form that people fill in: it collects and never reads.
        Form = "form",
    }

    /// How a material change is announced.
    pub enum AnnounceBy {
        /// By e-mail to each person.
        Email = "email",
        /// On the site.
        Page = "page",
    }

    /// A law beside the GDPR.
    pub enum Law {
        /// The Swiss Federal Act on Data Protection (DSG).
        ChDsg = "ch-dsg",
        /// The California Consumer Privacy Act.
        Ccpa = "ccpa",
        /// The data protection law of the United Kingdom.
        UkGdpr = "uk-gdpr",
    }

    /// The form of a field's values.
    pub enum FieldFormat {
        /// Any text.
        Text = "text",
        /// The name of a person or company.
        Name = "name",
        /// An e-mail address.
        Email = "email",
        /// A telephone number.
        Phone = "phone",
        /// An international bank account number (ISO 13616).
        Iban = "iban",
        /// A date (ISO 8601).
        Date = "date",
        /// A number.
        Number = "number",
        /// A postal address.
        Address = "address",
        /// An IP address.
        Ip = "ip",
    }
}

//! A small policy: shoppers of a tenant, their orders and bank data, and how the tests speak of them.

use std::collections::BTreeSet;

use crate::common::{consent, empty_model, retention, text};
use jiff::{Timestamp, tz::TimeZone};
use obhut_core::{
    access::{self, Caller, Permit, Reason, Request, Situation},
    consent::{ConsentEvent, ConsentKind, Consents},
    history::History,
    id::{EventName, FactName, RetentionName, SubjectId, TenantId},
    model::{
        Action, Acts, Audience, Basis, DataClass, Hold, HoldKind, Method, Model, Needed, OnlyIf, Purpose, Relation,
        Retention, Role, Source, Stage,
    },
    period::{Period, Unit},
    retention::{ActiveHold, Case, Verdict, assess_rule},
    rule::{Anchoring, Chosen, Rule},
};

pub(crate) const TENANT: TenantId = TenantId::from_bytes([1; 16]);
pub(crate) const OTHER_TENANT: TenantId = TenantId::from_bytes([2; 16]);
pub(crate) const SUBJECT: SubjectId = SubjectId::from_bytes([3; 16]);

pub(crate) fn berlin() -> TimeZone {
    TimeZone::get("Europe/Berlin").unwrap()
}

pub(crate) fn class(audience: &str, fields: &[&str]) -> DataClass {
    DataClass {
        audience: audience.into(),
        fields: fields.iter().map(|field| (*field).into()).collect(),
        source: Source::Subject,
        needed: Needed::Contract,
        only_if: None,
        identity: None,
        statutory: false,
        consequence: None,
        special: None,
        label: text("data"),
    }
}

pub(crate) fn purpose(data: &[&str], basis: Basis, roles: &[&str]) -> Purpose {
    Purpose {
        data: data.iter().map(|class| (*class).into()).collect(),
        fields: None,
        basis,
        roles: roles.iter().map(|role| (*role).into()).collect(),
        requires: None,
        until: None,
        export: false,
        exception: None,
        marketing: false,
        profiling: false,
        objection: None,
        balance: None,
        label: text("purpose"),
    }
}

pub(crate) fn within(count: u16, unit: Unit, event: &str) -> Rule {
    let Rule::After { period, event, .. } = after(count, unit, event) else { unreachable!() };
    Rule::After { within: true, period, anchor: Anchoring::Last, event, rounding: None, choice: None }
}

pub(crate) fn after(count: u16, unit: Unit, event: &str) -> Rule {
    let period = Period::new(count, unit);
    Rule::After { within: false, period, anchor: Anchoring::First, event: event.into(), rounding: None, choice: None }
}

pub(crate) fn after_last(count: u16, unit: Unit, event: &str) -> Rule {
    let period = Period::new(count, unit);
    Rule::After { within: false, period, anchor: Anchoring::Last, event: event.into(), rounding: None, choice: None }
}

pub(crate) fn erase(rule: Rule) -> Stage {
    Stage { rule, action: Action::Erase }
}

/// Shoppers of a tenant, their orders and bank data; the consent `keep`, the hold `dispute`.
pub(crate) fn shop() -> Model {
    let mut model = empty_model(berlin(), Period::new(1, Unit::Day));
    for (name, relation) in [("shopper", Relation::SubjectOfTenant), ("client", Relation::Tenant)] {
        let audience = Audience { relation, label: text("people"), intro: text("to the people") };
        model.audiences.insert(name.into(), audience);
    }
    model.data.insert("order".into(), class("shopper", &["name", "email", "payment_method"]));
    let mut bank = class("shopper", &["iban", "account_holder"]);
    bank.only_if = Some(OnlyIf { class: "order".into(), field: "payment_method".into(), equals: "debit".into() });
    model.data.insert("bank".into(), bank);
    model.data.insert("account".into(), class("client", &["contact"]));

    let mut documents = purpose(&["order", "bank"], Basis::Contract, &["client", "documents"]);
    documents.requires = Some("order.triggered".into());
    model.purposes.insert("documents".into(), documents);
    let mut address = purpose(&["order"], Basis::Contract, &["client"]);
    address.fields = Some(vec!["email".into(), "iban".into(), "unheard-of".into()]);
    model.purposes.insert("answer".into(), address);
    model.purposes.insert("reminder".into(), purpose(&["order"], Basis::Consent("keep".into()), &["client"]));
    model.purposes.insert("claims".into(), purpose(&["order", "bank"], Basis::Law("s. 257 HGB".into()), &["client"]));
    let mut export = purpose(&["order", "bank"], Basis::Contract, &["client", "portal"]);
    export.export = true;
    model.purposes.insert("export".into(), export);
    model.purposes.insert("purchase".into(), purpose(&["order", "bank"], Basis::Contract, &["form"]));

    let roles = [
        ("client", Acts::Tenant),
        ("documents", Acts::System),
        ("portal", Acts::System),
        ("staff", Acts::Operator),
        ("form", Acts::Form),
    ];
    for (name, acts) in roles {
        model.roles.insert(name.into(), Role { acts, label: text("role") });
    }
    model.consents.insert("keep".into(), consent(Method::OptIn, None));
    let hold = Hold {
        data: vec!["order".into()],
        purpose: "claims".into(),
        ground: text("a dispute"),
        kind: HoldKind::Dispute { until: Period::new(3, Unit::Year) },
    };
    model.holds.insert("dispute".into(), hold);

    let mut fourteen_days = retention(vec![erase(within(14, Unit::Day, "shopper.activity"))]);
    fourteen_days.data = vec!["order".into(), "bank".into()];
    fourteen_days.unless = Some("keep".into());
    model.retentions.insert("shopper".into(), fourteen_days);
    model
}

pub(crate) fn client(model: &Model) -> Caller {
    assert!(model.roles.contains_key("client"));
    Caller { credential: None, tenant: Some(TENANT), role: "client".into(), purposes: None }
}

pub(crate) fn at(text: &str) -> Timestamp {
    // A date is midnight in Berlin.
    let text = if text.len() == 10 { format!("{text}T00:00[Europe/Berlin]") } else { format!("{text}[Europe/Berlin]") };
    text.parse::<jiff::Zoned>().unwrap().timestamp()
}

pub(crate) fn happened(events: &[(&str, &str)]) -> History {
    events.iter().map(|(event, when)| (EventName::from(*event), at(when))).collect()
}

pub(crate) fn declared(events: &[(ConsentKind, &str)]) -> Consents {
    events.iter().map(|(kind, when)| ConsentEvent { at: at(when), consent: "keep".into(), kind: *kind }).collect()
}

pub(crate) fn dispute(until: Option<&str>) -> Vec<ActiveHold> {
    vec![ActiveHold { hold: "dispute".into(), until: until.map(at) }]
}

/// Date and time in Berlin.
pub(crate) fn shown(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "never yet".into(), |at| at.to_zoned(berlin()).strftime("%F %T").to_string())
}

/// Asks for a class of the person of the tests, on 1 June 2026.
pub(crate) fn open(
    model: &Model,
    caller: &Caller,
    class: &str,
    purpose: &str,
    situation: &Situation<'_>,
) -> Result<Permit, Vec<Reason>> {
    let (class, purpose) = (class.into(), purpose.into());
    let request = Request { caller, tenant: TENANT, subject: SUBJECT, class: &class, purpose: &purpose };
    access::decide(model, &request, situation, at("2026-06-01")).map_err(|refusal| {
        assert!(!refusal.reasons.is_empty());
        refusal.reasons
    })
}

/// The verdict of `retention` for a record without facts.
pub(crate) fn judge(
    model: &Model,
    retention: &Retention,
    history: &History,
    consents: &Consents,
    holds: &[ActiveHold],
    now: Timestamp,
) -> Verdict {
    let facts = BTreeSet::<FactName>::new();
    let case = Case { history, facts: &facts, consents, holds, chosen: Chosen::default() };
    assess_rule(model, &RetentionName::from("rule"), retention, &case, now)
}

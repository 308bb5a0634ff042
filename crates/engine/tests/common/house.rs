//! A house with one tenant and room for the operator's own people, under the policy of the deployment and what a test
//! changes in it.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use obhut_core::{
    access::Caller,
    clock::ManualClock,
    id::{AudienceName, ClassName, FieldName, RecordId, SubjectId, TenantId},
    model::{Action, Audience, Event, Model, Relation, Retention, Stage, Text},
    period::{Period, Unit},
    rule::{Anchoring, Rule},
};
use obhut_engine::{
    Engine, Error, Host, NewTenant,
    people::{Stored, Submission},
    read::Person,
};
use obhut_keyring::{Keyring, Random, SeededRandom};
use obhut_store::{Store, SubjectSnapshot, sqlite::SqliteStore};

pub(crate) struct House {
    pub(crate) engine: Engine,
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) keys: Arc<Keyring>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) tenant: TenantId,
}

pub(crate) fn at(text: &str) -> Timestamp {
    let text = if text.len() == 10 { format!("{text}T12:00") } else { text.to_owned() };
    format!("{text}[Europe/Berlin]").parse::<jiff::Zoned>().unwrap().timestamp()
}

pub(crate) fn days(count: u16) -> Period {
    Period::new(count, Unit::Day)
}

/// `N days after EVENT`.
pub(crate) fn days_after(count: u16, event: &str) -> Rule {
    Rule::After {
        within: false,
        period: days(count),
        choice: None,
        anchor: Anchoring::First,
        event: event.into(),
        rounding: None,
    }
}

pub(crate) fn retention(data: &[&str], rule: Rule, action: Action) -> Retention {
    Retention {
        data: data.iter().map(|class| ClassName::from(*class)).collect(),
        when: None,
        stages: vec![Stage { rule, action }],
        unless: None,
        cancel: None,
        meanwhile: None,
        leaves_proof: true,
        cascade: Vec::new(),
        law: None,
    }
}

pub(crate) fn event(model: &mut Model, name: &str, derived: Option<Rule>) {
    model.events.insert(name.into(), Event { phrase: Text::default(), last: None, derived, withdrawal: None });
}

/// The policy of the deployment with customers of the operator: `customer-file` goes 30 days after `file.closed`.
pub(crate) fn model() -> Model {
    let mut model = super::model();
    let customer = Audience { relation: Relation::Customer, label: Text::default(), intro: Text::default() };
    model.audiences.insert("customer".into(), customer);
    let mut file = model.data["shopper-order"].clone();
    file.audience = "customer".into();
    file.fields = ["name", "email", "phone", "iban"].map(FieldName::from).to_vec();
    model.data.insert("customer-file".into(), file.clone());
    file.identity = None;
    file.fields = vec!["invoice".into()];
    model.data.insert("customer-note".into(), file);
    let mut care = model.purposes["run-service"].clone();
    care.data = vec!["customer-file".into(), "customer-note".into()];
    care.roles = vec!["operator-support".into(), "shopper-form".into()];
    model.purposes.insert("care".into(), care);
    event(&mut model, "file.closed", None);
    let rule = days_after(30, "file.closed");
    model.retentions.insert("customer".into(), retention(&["customer-file"], rule, Action::Erase));
    let rule = days_after(300, "file.closed");
    model.retentions.insert("note".into(), retention(&["customer-note"], rule, Action::Erase));
    model
}

pub(crate) fn staff(tenant: TenantId) -> Caller {
    Caller { credential: None, tenant: Some(tenant), role: "client".into(), purposes: None }
}

pub(crate) fn operator() -> Caller {
    Caller { credential: None, tenant: None, role: "operator-support".into(), purposes: None }
}

pub(crate) fn values(of: &[(&str, &[(&str, &str)])]) -> BTreeMap<ClassName, BTreeMap<FieldName, String>> {
    let fields =
        |fields: &[(&str, &str)]| fields.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    of.iter().map(|(class, of)| (ClassName::from(*class), fields(of))).collect()
}

pub(crate) const CUSTOMER: &[(&str, &str)] = &[
    ("name", "Karla Kirsche"),
    ("email", "karla@example.org"),
    ("phone", "+49 30 5551234"),
    ("iban", "DE02120300000000202051"),
];
pub(crate) const SHOPPER: &[(&str, &str)] = &[
    ("name", "Anna Amsel"),
    ("email", "anna@example.org"),
    ("address", "Vogelweg 1, 12345 Musterstadt"),
    ("phone", "+49 30 5551001"),
    ("payment_method", "debit"),
];
pub(crate) const BANK: &[(&str, &str)] = &[("iban", "DE02120300000000202051"), ("account_holder", "Anna Amsel")];

impl House {
    pub(crate) async fn new(change: impl FnOnce(&mut Model)) -> Self {
        let mut model = model();
        change(&mut model);
        let clock = Arc::new(ManualClock::new(at("2026-03-02")));
        let random: Arc<dyn Random> = Arc::new(SeededRandom::new(3));
        let keys = Arc::new(Keyring::ephemeral(&*random).unwrap());
        let store = Arc::new(SqliteStore::in_memory().unwrap());
        let host = Host { clock: Arc::clone(&clock) as _, random };
        let engine = Engine::start(Arc::new(model), Arc::clone(&store) as _, Arc::clone(&keys), host).await.unwrap();
        let new = NewTenant {
            name: "Alpha GmbH".into(),
            purpose: "run-service".into(),
            values: values(&[("client-account", &[("name", "Alpha GmbH"), ("email", "alpha@example.org")])]),
            notice: engine.model().policy.hash,
        };
        let tenant = engine.open_tenant(&operator(), &new).await.unwrap().id;
        Self { engine, store, keys, clock, tenant }
    }

    /// The engine over another store, at another instant, with the same keys.
    pub(crate) async fn over(&self, store: Arc<dyn Store>, now: Timestamp) -> Engine {
        let host = Host { clock: Arc::new(ManualClock::new(now)), random: Arc::new(SeededRandom::new(99)) };
        let model = Arc::new(self.engine.model().clone());
        Engine::start(model, store, Arc::clone(&self.keys), host).await.unwrap()
    }

    pub(crate) fn submission(&self, purpose: &str, of: &[(&str, &[(&str, &str)])]) -> Submission {
        Submission {
            subject: None,
            purpose: purpose.into(),
            values: values(of),
            facts: [].into(),
            choice: None,
            events: Vec::new(),
            declarations: Vec::new(),
            notice: self.engine.model().policy.hash,
            origin: "form".into(),
        }
    }

    pub(crate) async fn submit(&self, tenant: TenantId, submission: &Submission) -> Result<Stored, Error> {
        let bound = Some(tenant);
        let form = Caller { credential: None, tenant: bound, role: "shopper-form".into(), purposes: None };
        self.engine.submit(&form, tenant, submission).await
    }

    /// A customer of the operator.
    pub(crate) async fn customer(&self) -> Stored {
        self.submit(TenantId::OPERATOR, &self.submission("care", &[("customer-file", CUSTOMER)])).await.unwrap()
    }

    /// A shopper of the tenant, active now.
    pub(crate) async fn shopper(&self, of: &[(&str, &[(&str, &str)])]) -> Stored {
        let mut submission = self.submission("own-shoppers", of);
        submission.events = vec![("shopper.activity".into(), None)];
        self.submit(self.tenant, &submission).await.unwrap()
    }

    pub(crate) async fn report(&self, tenant: TenantId, subject: SubjectId, event: &str) {
        let caller = if tenant == TenantId::OPERATOR { operator() } else { staff(tenant) };
        self.engine.report_event(&caller, tenant, subject, None, &event.into(), None).await.unwrap();
    }

    /// Moves the clock; every sweep on the way runs.
    pub(crate) async fn play(&self, to: &str) {
        let report = self.engine.play(&self.clock, at(to)).await.unwrap();
        assert_eq!(report.stuck, 0, "by {to}");
    }

    pub(crate) async fn stored(&self, tenant: TenantId, subject: SubjectId) -> Option<SubjectSnapshot> {
        self.store.subject(tenant, subject).await.unwrap()
    }

    /// Whether the person has this record.
    pub(crate) async fn has(&self, tenant: TenantId, subject: SubjectId, record: RecordId) -> bool {
        self.stored(tenant, subject).await.is_some_and(|found| found.records.iter().any(|r| r.id == record))
    }

    /// Reads a customer as support does.
    pub(crate) async fn care_for(&self, subject: SubjectId) -> Result<Person, Error> {
        self.engine.read(&operator(), TenantId::OPERATOR, subject, &["care".into()]).await
    }

    /// The due dates that are stored must be those that follow from the policy.
    pub(crate) async fn assert_dated(&self, tenant: TenantId, audience: &str) {
        for snapshot in self.store.subjects(tenant, &AudienceName::from(audience), None, 99).await.unwrap() {
            let subject = snapshot.subject.id;
            let dossier = obhut_engine::Dossier::new(self.engine.model(), snapshot);
            let mut derived: Vec<_> = dossier
                .snapshot
                .records
                .iter()
                .filter_map(|record| dossier.due_row(record, self.engine.now()))
                .map(|row| (row.record, row.rule, row.fires_at))
                .collect();
            derived.sort();
            let stored = self.store.due_of(tenant, subject).await.unwrap();
            let mut stored: Vec<_> = stored.into_iter().map(|row| (row.record, row.rule, row.fires_at)).collect();
            stored.sort();
            assert_eq!(stored, derived);
        }
    }
}

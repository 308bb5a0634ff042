//! `/embed/{tenant}/order`: the purchase form that a client embeds in its own site.
//!
//! It sets no cookie, reads none, and works inside the frame of any site. What a person entered is stored exactly if
//! the form is complete and carries the hash of the notice that is in force.

use std::collections::BTreeMap;

use axum::{
    extract::Path,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use obhut_core::{
    access::Caller,
    change::{Record, Tenant, TenantState},
    consent::ConsentKind,
    id::{ClassName, FieldName, RecordId, TenantId},
    model::{Lang, PolicyHash},
};
use obhut_engine::{
    Dossier, Error,
    people::{Declaration, Stored, Submission},
};

use super::{
    failure::Failure,
    fields::Fields,
    form::Form,
    frame::{Frame, html, html_with, in_lang},
    iban, law, samples,
    words::pick,
};
use crate::{
    assets,
    views::{
        ConsentBox, Link, Moment, NoticeRef, Problem,
        error::ErrorKind,
        purchase_done::PurchaseDone,
        purchase_form::{Embed, Entered, Payment, PurchaseForm},
    },
};

pub(super) async fn show(frame: Frame, Path(tenant): Path<String>) -> Response {
    let answer = empty(&frame, &tenant).await;
    frame.answer(answer).await
}

async fn empty(frame: &Frame, tenant: &str) -> Result<Response, Failure> {
    let place = Place::of(frame, tenant).await?;
    html(&place.view(Entered::default(), Vec::new(), false).await)
}

pub(super) async fn submit(mut frame: Frame, Path(tenant): Path<String>, fields: Fields) -> Response {
    // The language in which the person read the form is the one in which a consent was given.
    if let Some(lang) = Lang::ALL.into_iter().find(|lang| lang.tag() == fields.get("lang")) {
        frame.lang = lang;
    }
    let answer = receive(&frame, &tenant, &fields).await.map(|mut response| {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    });
    frame.answer(answer).await
}

async fn receive(frame: &Frame, tenant: &str, fields: &Fields) -> Result<Response, Failure> {
    let place = Place::of(frame, tenant).await?;
    let (entered, problems) = read(frame, fields);
    let ticked = place.form.consents.iter().any(|consent| fields.has("consent", consent.as_str()));
    let shown = fields.get("notice").parse::<PolicyHash>().ok();
    let running = frame.model().policy.hash;
    let Some(notice) = shown.filter(|shown| *shown == running) else {
        let problem = vec![Problem { field: "notice", message: place.new_notice() }];
        return html_with(StatusCode::CONFLICT, &place.view(entered, problem, ticked).await);
    };
    if !problems.is_empty() {
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &place.view(entered, problems, ticked).await);
    }

    let declarations = place.form.consents.iter().filter(|consent| fields.has("consent", consent.as_str()));
    let submission = Submission {
        subject: None,
        purpose: place.form.purpose.clone(),
        values: values(&place.form, &entered),
        facts: [].into(),
        events: place.form.events.iter().map(|event| (event.clone(), None)).collect(),
        declarations: declarations
            .map(|consent| Declaration { consent: consent.clone(), kind: ConsentKind::Granted, lang: frame.lang })
            .collect(),
        notice,
        origin: place.form.id.clone(),
        choice: None,
    };
    let caller =
        Caller { credential: None, tenant: Some(place.tenant.id), role: place.form.role.clone(), purposes: None };
    let stored = frame.app.engine.submit(&caller, place.tenant.id, &submission).await?;
    html(&place.done(&stored).await?)
}

/// Whose form it is.
struct Place<'a> {
    frame: &'a Frame,
    tenant: Tenant,
    form: Form,
}

impl<'a> Place<'a> {
    async fn of(frame: &'a Frame, tenant: &str) -> Result<Self, Failure> {
        let id: TenantId = tenant.parse().map_err(|_| ErrorKind::NotFound)?;
        let tenant = frame.app.engine.store().tenant(id).await?.ok_or(ErrorKind::NotFound)?;
        if tenant.state != TenantState::Active {
            return Err(Failure::Ended);
        }
        let form = Form::of(frame.model()).ok_or(ErrorKind::NotFound)?;
        Ok(Self { frame, tenant, form })
    }

    fn embed(&self) -> Embed {
        let (model, lang) = (self.frame.model(), self.frame.lang);
        let path = format!("/notice/{}?tenant={}", self.form.audience, self.tenant.id);
        let rule = self.form.classes.first().and_then(|collected| law::retention(model, &collected.class));
        let theme = self.frame.param("accent").zip(self.frame.param("font"));
        Embed {
            controller: self.tenant.name.clone(),
            operator: model.controller.name.clone(),
            notice: NoticeRef { href: in_lang(&path, lang), version: model.policy.version.clone() },
            theme: theme.and_then(|(accent, font)| assets::theme_href(accent, font)),
            rule: rule.map_or_else(String::new, |(_, retention)| law::to_person(model, retention, lang)),
        }
    }

    async fn view(&self, entered: Entered, problems: Vec<Problem>, consent_again: bool) -> PurchaseForm {
        let (model, lang) = (self.frame.model(), self.frame.lang);
        let configuration = self.frame.param("configuration").unwrap_or_default();
        let consent = self.form.consents.first().and_then(|name| {
            let text = model.consents.get(name)?.text.get(lang).to_owned();
            Some(ConsentBox { name: name.to_string(), text })
        });
        PurchaseForm {
            page: self.frame.page(self.frame.t().title_purchase()).await,
            embed: self.embed(),
            action: self.frame.here(),
            notice_hash: model.policy.hash.to_string(),
            configuration: configuration.to_owned(),
            ordered: samples::product(&self.frame.app, self.tenant.id, lang)
                .filter(|product| product.id == configuration)
                .map(|product| format!("{}, {}", product.name, product.price)),
            entered,
            problems,
            consent_again: consent_again && consent.is_some(),
            consent,
        }
    }

    /// What a person is told who filled in a form beside another notice.
    fn new_notice(&self) -> String {
        let version = &self.frame.model().policy.version;
        match self.frame.lang {
            Lang::De => format!(
                "Der Datenschutzhinweis gilt jetzt in der Fassung {version}. Gespeichert wurde nichts. Bitte sehen Sie \
                 sich den Hinweis an und senden Sie das Formular noch einmal ab."
            ),
            Lang::En => format!(
                "The privacy notice now applies in version {version}. Nothing was stored. Please look at the notice and \
                 submit the form once more."
            ),
        }
    }

    async fn done(&self, stored: &Stored) -> Result<PurchaseDone, Failure> {
        let (model, lang) = (self.frame.model(), self.frame.lang);
        let engine = &self.frame.app.engine;
        let now = engine.now();
        let zone = &model.policy.zone;
        let snapshot = engine.store().subject(self.tenant.id, stored.subject).await?.ok_or(Error::NotFound)?;
        let dossier = Dossier::new(model, snapshot);
        let dues = dossier
            .snapshot
            .records
            .iter()
            .filter(|record| stored.records.contains(&record.id))
            .filter_map(|record| dossier.verdict(record, now)?.due);
        let main = law::main_class(model, &self.form.audience);
        let of_order = |record: &&Record| stored.records.contains(&record.id) && Some(&record.class) == main;
        let order = dossier.snapshot.records.iter().find(of_order).map(|record| &record.id);
        let consents = dossier.consents();
        let given = self.form.consents.iter().find_map(|name| {
            let consent = model.consents.get(name)?;
            consents.given_since(name, consent, now, zone)?;
            Some(consent.text.get(lang).to_owned())
        });
        let rights = &model.rights;
        let operator = &model.controller.name;
        let mut contacts = vec![Link::new(format!("mailto:{}", rights.email), format!("{operator}: {}", rights.email))];
        if let Some(url) = &rights.contact_url {
            let page = pick(lang, "Kontaktseite", "contact page");
            contacts.push(Link::new(url.clone(), format!("{operator}: {page}")));
        }
        Ok(PurchaseDone {
            page: self.frame.page(self.frame.t().title_thanks()).await,
            embed: self.embed(),
            reference: order.map_or_else(String::new, reference),
            at: Moment::minute(now, zone, lang),
            gone_by: dues.map(|due| due.at).max().map(|at| Moment::day(at, zone, lang)),
            consent: given,
            contacts,
        })
    }
}

/// The number under which an order is spoken of: the end of the random id of its record.
pub(super) fn reference(record: &RecordId) -> String {
    let digits = record.to_string().to_uppercase();
    let tail =
        |from: usize, to: usize| digits.get(digits.len() - from..digits.len() - to).unwrap_or_default().to_owned();
    format!("{}-{}", tail(8, 4), tail(4, 0))
}

/// What was entered, and what is wrong with it. Bank details count only for a direct debit; entered beside an invoice
/// they are dropped here.
fn read(frame: &Frame, fields: &Fields) -> (Entered, Vec<Problem>) {
    let t = frame.t();
    let mut problems = Vec::new();
    let mut wrong = |field: &'static str, message: &str| problems.push(Problem { field, message: message.to_owned() });
    let payment = match fields.get("payment_method") {
        "invoice" => Some(Payment::Invoice),
        "debit" => Some(Payment::Debit),
        _ => None,
    };
    let debit = payment == Some(Payment::Debit);
    let bank = |name: &str| if debit { fields.get(name).to_owned() } else { String::new() };
    let mut entered = Entered {
        name: fields.get("name").to_owned(),
        address: fields.get("address").replace("\r\n", "\n"),
        phone: fields.get("phone").to_owned(),
        email: fields.get("email").to_owned(),
        payment,
        iban: bank("iban"),
        account_holder: bank("account_holder"),
    };
    let texts = [
        ("name", &entered.name, 200, t.p_name()),
        ("address", &entered.address, 500, t.p_address()),
        ("phone", &entered.phone, 50, t.p_phone()),
    ];
    for (field, value, longest, missing) in texts {
        if value.is_empty() || value.contains('\0') {
            wrong(field, missing);
        } else if value.chars().count() > longest {
            wrong(field, t.p_too_long());
        }
    }
    if !is_email(&entered.email) {
        wrong("email", t.p_email());
    }
    if payment.is_none() {
        wrong("payment_method", t.p_payment());
    }
    if debit {
        if entered.iban.is_empty() {
            wrong("iban", t.p_iban_missing());
        } else if let Some(number) = iban::checked(&entered.iban) {
            entered.iban = number;
        } else {
            wrong("iban", t.p_iban_wrong());
        }
        let holder = &entered.account_holder;
        if holder.is_empty() || holder.contains('\0') {
            wrong("account_holder", t.p_holder());
        } else if holder.chars().count() > 200 {
            wrong("account_holder", t.p_too_long());
        }
    }
    (entered, problems)
}

/// One `@` with something on both sides, no white space, not longer than an address can be (RFC 5321, 4.5.3.1.3).
fn is_email(text: &str) -> bool {
    text.len() <= 254
        && !text.chars().any(|letter| letter.is_whitespace() || letter.is_control())
        && text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && !domain.contains('@') && domain.split('.').all(|label| !label.is_empty())
        })
}

/// The values for the classes of the form whose conditions are met.
fn values(form: &Form, entered: &Entered) -> BTreeMap<ClassName, BTreeMap<FieldName, String>> {
    let payment = match entered.payment {
        Some(Payment::Debit) => "debit",
        Some(Payment::Invoice) => "invoice",
        None => "",
    };
    let value = |field: &str| match field {
        "name" => entered.name.as_str(),
        "address" => &entered.address,
        "phone" => &entered.phone,
        "email" => &entered.email,
        "payment_method" => payment,
        "iban" => &entered.iban,
        "account_holder" => &entered.account_holder,
        _ => "",
    };
    form.classes
        .iter()
        .filter(|collected| {
            collected.only_if.as_ref().is_none_or(|condition| value(condition.field.as_str()) == condition.equals)
        })
        .map(|collected| {
            let fields = collected.fields.iter().map(|field| (field.clone(), value(field.as_str()).to_owned()));
            (collected.class.clone(), fields.filter(|(_, value)| !value.is_empty()).collect::<BTreeMap<_, _>>())
        })
        .filter(|(_, fields)| !fields.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_can_be_addresses() {
        for good in ["a@b", "name@example.org", "ä+x@münchen.example"] {
            assert!(is_email(good), "{good}");
        }
        for bad in ["", "@", "a@", "@b", "a@@b", "a@b@c", "a b@c", "a@b ", "a@b..c", "a@.b", "a\n@b"] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    #[test]
    fn the_reference_is_short() {
        let record = RecordId::from_bytes([0xab; 16]);
        assert_eq!(reference(&record), "ABAB-ABAB");
    }
}

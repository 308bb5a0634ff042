//! What concerns an audience, and how it is addressed.

use obhut_core::{
    id::{
        AudienceName, ClassName, ConsentName, FieldName, JurisdictionName, LogName, PurposeName, RecipientName,
        RetentionName, ServiceName,
    },
    model::{
        Acts, Audience, Basis, Consent, Cookie, DataClass, Jurisdiction, Lang, Log, LogAddress, LogKind, LogMail,
        Model, Purpose, Recipient, RecipientKind, Relation, Retention, Role, Service,
    },
};

use crate::say::{self, words};

/// A reader: an audience, in a language, of a tenant if that is its controller.
pub(super) struct Voice<'a> {
    pub(super) model: &'a Model,
    pub(super) name: &'a AudienceName,
    pub(super) audience: &'a Audience,
    pub(super) lang: Lang,
    tenant: Option<&'a str>,
}

impl<'a> Voice<'a> {
    pub(super) fn of(model: &'a Model, name: &'a AudienceName, lang: Lang, tenant: Option<&'a str>) -> Option<Self> {
        let audience = model.audiences.get(name)?;
        Some(Self { model, name, audience, lang, tenant })
    }

    /// Chooses one of two fixed texts.
    pub(super) fn pick(&self, de: &str, en: &str) -> String {
        if self.lang == Lang::De { de } else { en }.to_owned()
    }

    /// The paragraphs of the policy.
    pub(super) fn intro(&self) -> Vec<String> {
        let text = self.audience.intro.get(self.lang);
        text.split("\n\n").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
    }

    /// Whether a tenant is the controller and we are its processor.
    pub(super) fn on_behalf(&self) -> bool {
        self.audience.relation == Relation::SubjectOfTenant
    }

    /// The controller of a person of a tenant, in the nominative: by its name, else as the policy describes it as a
    /// recipient.
    pub(super) fn tenant(&self) -> String {
        if let Some(name) = self.tenant {
            return name.to_owned();
        }
        let theirs = |recipient: &&Recipient| recipient.kind == RecipientKind::Tenant && self.concerns(&recipient.data);
        self.model.recipients.values().find(theirs).map_or_else(
            || {
                self.pick(
                    "das Unternehmen, das unseren Dienst für Sie einsetzt",
                    "the business that uses our service in dealing with you",
                )
            },
            |recipient| recipient.label.get(self.lang).to_owned(),
        )
    }

    /// Whether the policy has tenants at all.
    pub(super) fn has_tenants(&self) -> bool {
        self.model.audience_with(Relation::Tenant).is_some()
    }

    /// The classes of data about the audience.
    pub(super) fn classes(&self) -> impl Iterator<Item = (&'a ClassName, &'a DataClass)> {
        let (model, name) = (self.model, self.name);
        model.data.iter().filter(move |(_, class)| class.audience == *name)
    }

    /// Whether one of these classes is about the audience.
    pub(super) fn concerns(&self, classes: &[ClassName]) -> bool {
        self.classes().any(|(name, _)| classes.contains(name))
    }

    /// Whether anything about the audience is stored.
    pub(super) fn has_data(&self) -> bool {
        self.classes().next().is_some()
    }

    /// The purposes for which data about the audience is used, its lines in server logs included.
    pub(super) fn purposes(&self) -> Vec<(&'a PurposeName, &'a Purpose)> {
        let logs = self.kept_logs();
        let reads = |name| logs.iter().any(|log| log.purposes.contains(name));
        self.model.purposes.iter().filter(|(name, purpose)| self.concerns(&purpose.data) || reads(name)).collect()
    }

    /// The consents the audience may be asked for.
    pub(super) fn consents(&self) -> Vec<(&'a ConsentName, &'a Consent)> {
        self.model.consents.iter().filter(|(_, consent)| consent.audiences.contains(self.name)).collect()
    }

    /// The retention rules of the audience's data, then those that take its data along.
    pub(super) fn retentions(&self) -> Vec<(&'a RetentionName, &'a Retention)> {
        let (own, others): (Vec<_>, Vec<_>) = self
            .model
            .retentions
            .iter()
            .filter(|(_, retention)| self.concerns(&retention.data) || self.concerns(&retention.cascade))
            .partition(|(_, retention)| self.concerns(&retention.data));
        own.into_iter().chain(others).collect()
    }

    /// Who gets data about the audience: also whoever provides a service that the audience's pages load, and, where
    /// nothing is stored, the one whose machines answer.
    pub(super) fn recipients(&self) -> Vec<(&'a RecipientName, &'a Recipient)> {
        let storage = &self.model.storage.processor;
        let services = self.services();
        let provides = |name| services.iter().any(|(_, service)| service.provider.as_ref() == Some(name));
        self.model
            .recipients
            .iter()
            .filter(|(name, recipient)| self.concerns(&recipient.data) || *name == storage || provides(name))
            .collect()
    }

    /// The cookies that the audience's devices may get.
    pub(super) fn cookies(&self) -> Vec<(&'a str, &'a Cookie)> {
        self.model.cookies_of(self.name).map(|(name, cookie)| (name.as_str(), cookie)).collect()
    }

    /// The services that concern the audience.
    pub(super) fn services(&self) -> Vec<(&'a ServiceName, &'a Service)> {
        self.model.services_of(self.name).collect()
    }

    /// What server logs may hold about the audience.
    pub(super) fn logs(&self) -> Vec<(&'a LogName, &'a Log)> {
        self.model.logs_of(self.name).collect()
    }

    /// The logs in which something about the audience stays.
    pub(super) fn kept_logs(&self) -> Vec<&'a Log> {
        let stays = |log: &&Log| log.address != LogAddress::Never || log.mail != LogMail::Never || log.metadata;
        self.model.logs_of(self.name).map(|(_, log)| log).filter(stays).collect()
    }

    /// The laws beside the GDPR that protect the audience.
    pub(super) fn jurisdictions(&self) -> impl Iterator<Item = (&'a JurisdictionName, &'a Jurisdiction)> {
        let (model, name) = (self.model, self.name);
        model.jurisdictions.iter().filter(move |(_, known)| known.audiences.contains(name))
    }

    /// Whether the operator's own staff stand in one of the purposes for the audience.
    pub(super) fn is_operated(&self) -> bool {
        let purposes = self.purposes();
        self.model.roles.iter().any(|(name, role)| {
            role.acts == Acts::Operator && purposes.iter().any(|(_, purpose)| purpose.roles.contains(name))
        })
    }

    /// Whether the address of the device is used to answer it although nothing is stored (Art. 6(1)(f)).
    pub(super) fn in_transit(&self) -> bool {
        self.serving_log().is_some() && self.logs().iter().all(|(_, log)| log.address == LogAddress::Never)
    }

    /// The first log of what answers the audience's requests.
    pub(super) fn serving_log(&self) -> Option<&'a LogName> {
        self.model.logs_of(self.name).find(|(_, log)| serves(log)).map(|(name, _)| name)
    }

    /// The labels of those of the classes that are about the audience, in short.
    pub(super) fn labels(&self, classes: &[ClassName]) -> String {
        let labels: Vec<_> = self
            .classes()
            .filter(|(name, _)| classes.contains(name))
            .map(|(_, class)| short(class.label.get(self.lang)))
            .collect();
        say::enumeration(&labels, self.lang)
    }

    /// The fields of the audience's classes that are among `fields`, in the order of the inventory.
    pub(super) fn fields(&self, classes: &[ClassName], fields: &[FieldName]) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for (name, class) in self.classes() {
            for field in class.fields.iter().filter(|field| classes.contains(name) && fields.contains(field)) {
                let word = say::field(self.model, field.as_str(), self.lang);
                if !names.contains(&word) {
                    names.push(word);
                }
            }
        }
        names
    }

    /// Whether it is the reader who acts in this role.
    pub(super) fn is_reader(&self, role: &Role) -> bool {
        self.audience.relation == Relation::Tenant && role.acts == Acts::Tenant
    }

    /// A role, as the audience knows it.
    pub(super) fn role(&self, role: &Role) -> String {
        if self.is_reader(role) {
            return self.pick("Sie selbst", "you");
        }
        role.label.get(self.lang).to_owned()
    }

    /// The legal basis with what it means (Art. 6(1)).
    pub(super) fn basis(&self, basis: &Basis) -> String {
        let lang = self.lang;
        match basis {
            Basis::Contract => {
                let what = match self.audience.relation {
                    Relation::SubjectOfTenant => self.pick(
                        "Erfüllung Ihres Vertrags mit dem Kunden oder dessen Anbahnung auf Ihre Anfrage",
                        "performance of your contract with the client, or steps taken at your request before \
                         entering into it",
                    ),
                    Relation::Applicant => self.pick(
                        "vorvertragliche Maßnahmen auf Ihre Bewerbung hin",
                        "steps taken at your request before entering into a contract",
                    ),
                    Relation::Customer | Relation::Visitor => self.pick(
                        "Erfüllung des Vertrags mit Ihnen oder dessen Anbahnung auf Ihre Anfrage",
                        "performance of the contract with you, or steps taken at your request before entering into it",
                    ),
                    Relation::Tenant | Relation::Supplier => {
                        self.pick("Erfüllung des Vertrags mit Ihnen", "performance of the contract with you")
                    }
                };
                words!(lang, "Art. 6 Abs. 1 Buchst. b DSGVO ({what})", "Article 6(1)(b) GDPR ({what})")
            }
            Basis::Law(law) => {
                let law = say::statute(law, lang);
                words!(
                    lang,
                    "Art. 6 Abs. 1 Buchst. c DSGVO in Verbindung mit {law} (rechtliche Verpflichtung)",
                    "Article 6(1)(c) GDPR in conjunction with {law} (legal obligation)",
                )
            }
            Basis::Interest(interest) => {
                let interest = interest.get(lang).trim_end_matches('.');
                words!(
                    lang,
                    "Art. 6 Abs. 1 Buchst. f DSGVO (berechtigtes Interesse: {interest})",
                    "Article 6(1)(f) GDPR (legitimate interest: {interest})",
                )
            }
            Basis::Consent(name) => {
                let place = self.asked(name);
                words!(
                    lang,
                    "Art. 6 Abs. 1 Buchst. a DSGVO (Ihre Einwilligung, die Sie {place} erteilen können)",
                    "Article 6(1)(a) GDPR (your consent, which you may give {place})",
                )
            }
            Basis::Vital => self.pick(
                "Art. 6 Abs. 1 Buchst. d DSGVO (Schutz lebenswichtiger Interessen)",
                "Article 6(1)(d) GDPR (protection of vital interests)",
            ),
            Basis::Public => self.pick(
                "Art. 6 Abs. 1 Buchst. e DSGVO (Wahrnehmung einer Aufgabe im öffentlichen Interesse)",
                "Article 6(1)(e) GDPR (performance of a task carried out in the public interest)",
            ),
        }
    }

    /// Where a consent is asked: "im Kaufformular".
    pub(super) fn asked(&self, consent: &ConsentName) -> String {
        let form = self.model.consents.get(consent).map_or(consent.as_str(), |known| known.asked_on.as_str());
        say::place(self.model, form, self.lang)
    }

    /// "zu folgenden Zwecken: …; …" / "for the following purposes: …; …".
    pub(super) fn for_purposes<'b>(&self, names: impl IntoIterator<Item = &'b PurposeName>) -> String {
        let (purposes, list) = self.purposes_and_list(names);
        format!("{purposes}: {list}")
    }

    /// "zu folgenden Zwecken" / "for the following purposes", and the purposes themselves.
    pub(super) fn purposes_and_list<'b>(&self, names: impl IntoIterator<Item = &'b PurposeName>) -> (String, String) {
        let labels: Vec<_> = names
            .into_iter()
            .filter_map(|name| self.model.purposes.get(name))
            .map(|purpose| purpose.label.get(self.lang))
            .collect();
        let list = labels.join("; ");
        let purposes = if labels.len() == 1 {
            self.pick("zu folgendem Zweck", "for the following purpose")
        } else {
            self.pick("zu folgenden Zwecken", "for the following purposes")
        };
        (purposes, list)
    }
}

/// Whether a log is one of servers that answer people's requests themselves.
pub(super) fn serves(log: &Log) -> bool {
    log.kinds.iter().any(|kind| matches!(kind, LogKind::Web | LogKind::Application))
}

/// A label without the list in brackets at its end: "Bankverbindung (IBAN, Kontoinhaber)" -> "Bankverbindung". The list
/// stands where the data is named, once.
pub(crate) fn short(label: &str) -> &str {
    let Some(inside) = label.strip_suffix(')') else { return label };
    // The bracket that this one closes.
    let mut depth = 1_usize;
    for (at, letter) in inside.char_indices().rev() {
        match letter {
            ')' => depth = depth.saturating_add(1),
            '(' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            let before = inside.get(..at).unwrap_or_default();
            return before.strip_suffix(' ').filter(|before| !before.is_empty()).unwrap_or(label);
        }
    }
    label
}

/// The text as one or more whole sentences.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?', '“', '”']) { text.to_owned() } else { format!("{text}.") }
}

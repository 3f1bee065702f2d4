//! What the bank answers: the status report on the file (`pain.002`) and notifications of what was booked and what came
//! back (`camt.054`), of any version: the elements that are read have the same names in all.

use roxmltree::{Document, Node};

/// The largest document that is read.
const LARGEST: usize = 64 << 20;

/// A document of the bank that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BankDocumentError {
    /// It is too large.
    #[error("the document is larger than {} MiB: ask the bank for several", LARGEST >> 20)]
    TooLarge,
    /// It is no XML.
    #[error("the document is no XML: {0}")]
    Syntax(String),
    /// It is another kind of message.
    #[error("the document is {0:?}; give a pain.002 (CstmrPmtStsRpt) or a camt.054 (BkToCstmrDbtCdtNtfctn)")]
    OtherMessage(String),
}

/// What became of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Result {
    /// It was paid.
    Paid,
    /// It was refused or came back, with the bank's reason (ISO external code set).
    Returned(String),
}

/// What became of the payment of a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The reference from end to end.
    pub reference: String,
    /// What became of it.
    pub result: Result,
}

/// Reads a document of the bank. What is still pending is not in the answer.
///
/// # Errors
/// [`BankDocumentError`].
pub fn read(xml: &str) -> std::result::Result<Vec<Outcome>, BankDocumentError> {
    if xml.len() > LARGEST {
        return Err(BankDocumentError::TooLarge);
    }
    let document = Document::parse(xml).map_err(|error| BankDocumentError::Syntax(error.to_string()))?;
    let message = document.root_element().children().find(Node::is_element);
    match message.map(|node| (node, node.tag_name().name())) {
        Some((node, "CstmrPmtStsRpt")) => Ok(status_report(node)),
        Some((node, "BkToCstmrDbtCdtNtfctn")) => Ok(notification(node)),
        other => Err(BankDocumentError::OtherMessage(other.map(|(_, name)| name.to_owned()).unwrap_or_default())),
    }
}

fn named<'a, 'i>(node: Node<'a, 'i>, name: &'static str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.descendants().filter(move |node| node.tag_name().name() == name)
}

fn text(node: Node<'_, '_>, name: &'static str) -> Option<String> {
    named(node, name).next().and_then(|node| node.text()).map(|text| text.trim().to_owned())
}

/// The code of a reason, or its own words.
fn reason(node: Node<'_, '_>) -> String {
    let inner = named(node, "Rsn").next();
    let code = inner.and_then(|node| text(node, "Cd").or_else(|| text(node, "Prtry")));
    code.unwrap_or_else(|| "NARR".to_owned()).chars().take(35).collect()
}

fn status_report(message: Node<'_, '_>) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for transaction in named(message, "TxInfAndSts") {
        let Some(reference) = text(transaction, "OrgnlEndToEndId") else { continue };
        let result = match text(transaction, "TxSts").as_deref() {
            Some("RJCT" | "CANC") => Result::Returned(reason(transaction)),
            Some("ACSC" | "ACCC") => Result::Paid,
            _ => continue,
        };
        outcomes.push(Outcome { reference, result });
    }
    outcomes
}

fn notification(message: Node<'_, '_>) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for entry in named(message, "Ntry") {
        let status = named(entry, "Sts").next().map(|node| {
            let inner = text(node, "Cd");
            inner.or_else(|| node.text().map(|text| text.trim().to_owned())).unwrap_or_default()
        });
        // Pending entries become booked ones later.
        if status.as_deref() == Some("PDNG") {
            continue;
        }
        let own = entry.children().find(|node| node.tag_name().name() == "CdtDbtInd");
        let comes_in = own.and_then(|node| node.text()).map(str::trim) == Some("CRDT");
        for transaction in named(entry, "TxDtls") {
            let Some(reference) = text(transaction, "EndToEndId") else { continue };
            let returned = named(transaction, "RtrInf").next();
            let result = match (comes_in, returned) {
                (_, Some(information)) => Result::Returned(reason(information)),
                (true, None) => Result::Returned("NARR".to_owned()),
                (false, None) => Result::Paid,
            };
            outcomes.push(Outcome { reference, result });
        }
    }
    outcomes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_report_tells_what_was_refused() {
        let xml = r#"<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><GrpHdr/>
            <OrgnlPmtInfAndSts>
            <TxInfAndSts><OrgnlEndToEndId>a1</OrgnlEndToEndId><TxSts>ACSC</TxSts></TxInfAndSts>
            <TxInfAndSts><OrgnlEndToEndId>b2</OrgnlEndToEndId><TxSts>RJCT</TxSts>
              <StsRsnInf><Rsn><Cd>AC01</Cd></Rsn></StsRsnInf></TxInfAndSts>
            <TxInfAndSts><OrgnlEndToEndId>c3</OrgnlEndToEndId><TxSts>PDNG</TxSts></TxInfAndSts>
            </OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"#;
        let outcomes = read(xml).unwrap();
        assert_eq!(outcomes.len(), 2);
        assert_eq!(outcomes[0], Outcome { reference: "a1".to_owned(), result: Result::Paid });
        assert_eq!(outcomes[1].result, Result::Returned("AC01".to_owned()));
    }

    #[test]
    fn a_notification_tells_what_was_booked_and_what_came_back() {
        let entry = |indicator: &str, status: &str, details: &str| {
            format!(
                "<Ntry><Amt Ccy=\"KRW\">1</Amt><CdtDbtInd>{indicator}</CdtDbtInd><Sts><Cd>{status}</Cd></Sts>\
                     <NtryDtls><TxDtls>{details}</TxDtls></NtryDtls></Ntry>"
            )
        };
        let refs = |name: &str| format!("<Refs><EndToEndId>{name}</EndToEndId></Refs>");
        let back = format!("{}<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>", refs("b2"));
        let xml = format!(
            "<Document><BkToCstmrDbtCdtNtfctn><Ntfctn>{}{}{}{}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>",
            entry("DBIT", "BOOK", &refs("a1")),
            entry("CRDT", "BOOK", &back),
            entry("CRDT", "BOOK", &refs("d4")),
            entry("DBIT", "PDNG", &refs("c3")),
        );
        let outcomes = read(&xml).unwrap();
        let told: Vec<(&str, &Result)> = outcomes.iter().map(|one| (one.reference.as_str(), &one.result)).collect();
        let (ac04, narr) = (Result::Returned("AC04".to_owned()), Result::Returned("NARR".to_owned()));
        assert_eq!(told, [("a1", &Result::Paid), ("b2", &ac04), ("d4", &narr)]);
    }

    #[test]
    fn what_is_no_document_of_a_bank_is_refused() {
        assert!(matches!(read("no"), Err(BankDocumentError::Syntax(_))));
        assert!(
            matches!(read("<Document><Other/></Document>"), Err(BankDocumentError::OtherMessage(name)) if name == "Other")
        );
        let bomb = "<!DOCTYPE d [<!ENTITY a \"x\">]><Document>&a;</Document>";
        assert!(matches!(read(bomb), Err(BankDocumentError::Syntax(_))), "documents that define entities are not read");
    }
}

//! What the state has said: statutes and answers, retrieval, citations, grounded drafts.

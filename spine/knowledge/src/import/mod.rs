//! Taking over statutes, answers and services.

mod types;

pub use types::{
    BadLine, ImportContent, ImportListener, ImportProgress, ImportReport, ImportSource, ImportStage, Reader,
};

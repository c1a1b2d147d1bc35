/** Tags of commands that touch no relation and add nothing to the WAL while their transaction is open. */
export const writesNothing = /^(|BEGIN|START TRANSACTION|SAVEPOINT|RELEASE|SET|RESET|SHOW|LISTEN|UNLISTEN|DEALLOCATE|DEALLOCATE ALL|PREPARE|CLOSE CURSOR)$/;

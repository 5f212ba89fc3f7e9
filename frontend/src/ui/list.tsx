"use client";

import type { ReactNode } from "react";
import { describeError } from "@/api/problem";
import { Button } from "./button";
import { ErrorState } from "./error-state";
import { SkeletonRows } from "./skeleton";
import { HeadCell, Table } from "./table";

/** The pages of an infinite query so far, as far as a list needs to know them. */
export interface Pages<T> {
  data?: { pages: { items: T[] }[] };
  isPending: boolean;
  isPlaceholderData: boolean;
  error: unknown;
  refetch: () => unknown;
  hasNextPage: boolean;
  fetchNextPage: () => unknown;
  isFetchingNextPage: boolean;
}

export interface Column {
  label: string;
  className?: string;
  /** Read out only: what stands below speaks for itself. */
  silent?: boolean;
}

export const ACTIONS: Column = { label: "Actions", silent: true };

export function itemsOf<T>({ data }: Pick<Pages<T>, "data">): T[] {
  return data?.pages.flatMap((page) => page.items) ?? [];
}

export interface ListProps<T> {
  pages: Pages<T>;
  /** What is listed, in the plural: `credentials`. */
  what: string;
  columns: readonly Column[];
  /** The row of one item, with a key. */
  row: (item: T) => ReactNode;
  /** In place of a list without items. */
  empty: ReactNode;
  /** Lines of the skeleton while it loads. */
  lines?: number;
}

/** A table of what the server lists, in each of its states: loading, failed, empty, there, there but stale. */
export function List<T>({ pages, what, columns, row, empty, lines }: ListProps<T>) {
  const items = itemsOf(pages);
  const retry = () => void pages.refetch();
  if (pages.isPending) return <SkeletonRows rows={lines} />;
  if (!pages.data) {
    return <ErrorState title={`The ${what} could not be loaded`} error={pages.error} retry={retry} />;
  }
  return (
    <>
      {pages.error != null && <Stale error={pages.error} retry={retry} />}
      {items.length === 0 ? (
        empty
      ) : (
        <Table aria-busy={pages.isPlaceholderData}>
          <thead>
            <tr>
              {columns.map(({ label, className, silent }) => (
                <HeadCell key={label} className={className}>
                  {silent ? <span className="sr-only">{label}</span> : label}
                </HeadCell>
              ))}
            </tr>
          </thead>
          <tbody>{items.map(row)}</tbody>
        </Table>
      )}
      {pages.hasNextPage && (
        <Button
          className="self-center"
          onClick={() => void pages.fetchNextPage()}
          busy={pages.isFetchingNextPage}
        >
          Show more
        </Button>
      )}
    </>
  );
}

/** What is shown was read before; the newest could not be. */
function Stale({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <p
      role="status"
      className="flex flex-wrap items-center gap-2 rounded-md bg-warning-soft px-3 py-1 text-sm"
    >
      <span className="min-w-0 flex-1">Shown as last read: {describeError(error)}</span>
      <Button size="sm" onClick={retry}>
        Try again
      </Button>
    </p>
  );
}

import { TriangleAlert } from "lucide-react";
import { ApiError, describeError } from "@/api/problem";
import { Button } from "./button";
import { EmptyState } from "./empty-state";

/** What could not be loaded, why, and the way to try again where that may help. */
export function ErrorState({ title, error, retry }: { title: string; error: unknown; retry?: () => void }) {
  const missing = error instanceof ApiError && error.status === 404;
  const requestId = error instanceof ApiError && !missing ? error.requestId : null;
  return (
    <div role="alert">
      <EmptyState
        icon={TriangleAlert}
        title={title}
        actions={retry && !missing && <Button onClick={retry}>Try again</Button>}
      >
        <p>{describeError(error)}</p>
        {requestId && <p className="mt-1 font-mono text-xs">Request {requestId}</p>}
      </EmptyState>
    </div>
  );
}
